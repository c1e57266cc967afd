// Registers the receivers of this package by name, for programs that select receivers by configuration.
import { pluginModule, definePlugin, noOptions, ReceiverFactory } from '@millrace/core';
import manifest from '@millrace/receiver-files/package.json' with { type: 'json' };
import { textFiles } from './text-files.ts';
import { wholeFiles } from './whole-files.ts';

/**
 * The plugin that offers `textFiles` and `wholeFiles` under their names, `text-files` and `whole-files`. Not needed for
 * `ssc.receiverStream(textFiles({ … }))`.
 */
export const fileReceivers = definePlugin({
  name: '@millrace/receiver-files',
  version: manifest.version,
  contract: 1,
  provides: [ReceiverFactory],
  optionsSchema: noOptions,
  module: () =>
    pluginModule((bind) => {
      bind(ReceiverFactory).toConstantValue(textFiles);
      bind(ReceiverFactory).toConstantValue(wholeFiles);
    }),
});
