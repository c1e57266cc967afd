// Registers the receivers of this package by name, for programs that select receivers by configuration.
import { pluginModule, definePlugin, noOptions, ReceiverFactory } from '@millrace/core';
import { httpRecords } from './http-records.ts';
import { httpText } from './http-text.ts';
import manifest from '@millrace/receiver-http/package.json' with { type: 'json' };

/**
 * The plugin that offers `httpRecords` and `httpText` under their names, `http-records` and `http-text`. Not needed
 * for `ssc.receiverStream(httpRecords({ … }))`.
 */
export const httpReceivers = definePlugin({
  name: '@millrace/receiver-http',
  version: manifest.version,
  contract: 1,
  provides: [ReceiverFactory],
  optionsSchema: noOptions,
  module: () =>
    pluginModule((bind) => {
      bind(ReceiverFactory).toConstantValue(httpRecords);
      bind(ReceiverFactory).toConstantValue(httpText);
    }),
});
