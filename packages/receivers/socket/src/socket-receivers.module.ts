// Registers the receivers of this package by name, for programs that select receivers by configuration.
import { pluginModule, definePlugin, noOptions, ReceiverFactory } from '@millrace/core';
import manifest from '@millrace/receiver-socket/package.json' with { type: 'json' };
import { socketFrames } from './socket-frames.ts';
import { socketText } from './socket-text.ts';

/**
 * The plugin behind `ssc.socketTextStream(host, port)` and `ssc.rawBytesStream(host, port)`: offers `socketText` and
 * `socketFrames` under their names, `socket-text` and `socket-frames`. Not needed for
 * `ssc.receiverStream(socketText({ … }))`.
 */
export const socketReceivers = definePlugin({
  name: '@millrace/receiver-socket',
  version: manifest.version,
  contract: 1,
  provides: [ReceiverFactory],
  optionsSchema: noOptions,
  module: () =>
    pluginModule((bind) => {
      bind(ReceiverFactory).toConstantValue(socketText);
      bind(ReceiverFactory).toConstantValue(socketFrames);
    }),
});
