// Registers the receivers of this package by name, for programs that select receivers by configuration.
import { pluginModule, definePlugin, noOptions, ReceiverFactory } from '@millrace/core';
import manifest from '@millrace/receiver-kafka/package.json' with { type: 'json' };
import { kafkaGroup } from './kafka-group.ts';
import { kafkaPartition } from './kafka-partition.ts';

/** The plugin that offers `kafkaPartition` as `kafka-partition` and `kafkaGroup` as `kafka-group`. */
export const kafkaReceivers = definePlugin({
  name: '@millrace/receiver-kafka',
  version: manifest.version,
  contract: 1,
  provides: [ReceiverFactory],
  optionsSchema: noOptions,
  module: () =>
    pluginModule((bind) => {
      bind(ReceiverFactory).toConstantValue(kafkaPartition);
      bind(ReceiverFactory).toConstantValue(kafkaGroup);
    }),
});
