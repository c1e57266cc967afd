// Makes the receivers of this package known by name, so that an engine that imports no plugin finds them.
import { bindings, definePlugin, noOptions, ReceiverFactory } from '@millrace/core';
import { PACKAGE_VERSION } from './package-version.ts';
import { socketText } from './socket-text.ts';

/**
 * The plugin behind `ssc.socketTextStream(host, port)`: it offers `socketText` under its name, `socket-text`. Not
 * needed for `ssc.receiverStream(socketText({ … }))`.
 */
export const socketReceivers = definePlugin({
  name: '@millrace/receiver-socket',
  version: PACKAGE_VERSION,
  contract: 1,
  provides: [ReceiverFactory],
  optionsSchema: noOptions,
  module: () =>
    bindings((bind) => {
      bind(ReceiverFactory).toConstantValue(socketText);
    }),
});
