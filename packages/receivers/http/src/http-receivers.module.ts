// Registers the receivers of this package by name, for programs that select receivers by configuration.
import { pluginModule, definePlugin, noOptions, ReceiverFactory } from '@millrace/core';
import { httpRecords } from './http-records.ts';
import { httpText } from './http-text.ts';
import { PACKAGE_VERSION } from './package-version.ts';

/**
 * The plugin that offers `httpRecords` and `httpText` under their names, `http-records` and `http-text`. Not needed
 * for `ssc.receiverStream(httpRecords({ … }))`.
 */
export const httpReceivers = definePlugin({
  name: '@millrace/receiver-http',
  version: PACKAGE_VERSION,
  contract: 1,
  provides: [ReceiverFactory],
  optionsSchema: noOptions,
  module: () =>
    pluginModule((bind) => {
      bind(ReceiverFactory).toConstantValue(httpRecords);
      bind(ReceiverFactory).toConstantValue(httpText);
    }),
});
