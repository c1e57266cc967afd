// Offers `replay` to an engine under its name, for programs that choose receivers by configuration.
import { pluginModule, definePlugin, noOptions, ReceiverFactory } from '@millrace/core';
import manifest from '@millrace/receiver-replay/package.json' with { type: 'json' };
import { replay } from './replay.ts';

/** The plugin that offers the receiver `replay` by name. The plugin has no options; the receiver has options. */
export const replayReceivers = definePlugin({
  name: '@millrace/receiver-replay',
  version: manifest.version,
  contract: 1,
  provides: [ReceiverFactory],
  optionsSchema: noOptions,
  module: () =>
    pluginModule((bind) => {
      bind(ReceiverFactory).toConstantValue(replay);
    }),
});
