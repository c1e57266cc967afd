// Registers the receiver of this package by name, for programs that select receivers by configuration.
import { pluginModule, definePlugin, noOptions, ReceiverFactory } from '@millrace/core';
import manifest from '@millrace/receiver-amqp/package.json' with { type: 'json' };
import { amqpQueue } from './amqp-queue.ts';

/** The plugin that offers `amqpQueue` as `amqp-queue`. */
export const amqpReceivers = definePlugin({
  name: '@millrace/receiver-amqp',
  version: manifest.version,
  contract: 1,
  provides: [ReceiverFactory],
  optionsSchema: noOptions,
  module: () =>
    pluginModule((bind) => {
      bind(ReceiverFactory).toConstantValue(amqpQueue);
    }),
});
