// Registers the receiver of this package by name, for programs that select receivers by configuration.
import { pluginModule, definePlugin, noOptions, ReceiverFactory } from '@millrace/core';
import manifest from '@millrace/receiver-websocket/package.json' with { type: 'json' };
import { webSocketMessages } from './websocket.ts';

/** The plugin that offers `webSocketMessages` as `websocket`. */
export const webSocketReceivers = definePlugin({
  name: '@millrace/receiver-websocket',
  version: manifest.version,
  contract: 1,
  provides: [ReceiverFactory],
  optionsSchema: noOptions,
  module: () => pluginModule((bind) => void bind(ReceiverFactory).toConstantValue(webSocketMessages)),
});
