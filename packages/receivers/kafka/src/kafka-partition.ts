// `kafkaPartition`: one partition of a topic, by offset. The type argument is the program's own claim about the values, as
// with `JSON.parse`; the type is not checked.
import { bootstrapBrokers, CONNECTION_SECRETS } from '@millrace/connection-kafka';
import { type ConfiguredReceiver, defineReceiver, type ReceiverFactory } from '@millrace/core';
import { validateOptions } from '@millrace/core/engine';
import {
  type KafkaPartitionInput,
  type KafkaPartitionOptions,
  kafkaPartitionOptions,
} from './partition/partition-options.ts';
import { partitionRange } from './partition/partition-range.ts';
import { PartitionReceiver } from './partition/partition-receiver.ts';

/** Makes configured receivers. `T` is the expected type of records; the type is not checked. */
export interface KafkaPartitionFactory extends ReceiverFactory<unknown, KafkaPartitionInput> {
  <T = unknown>(options: KafkaPartitionInput): ConfiguredReceiver<T>;
}

const definition = {
  name: 'kafka-partition',
  contract: 1,
  capabilities: {
    ack: 'none',
    replayable: true,
    ordering: 'per-stream',
    pause: true,
    bounded: false,
    format: 'records',
    touches: ['network'],
  },
  options: kafkaPartitionOptions,
  secrets: CONNECTION_SECRETS,
  describe: (options: KafkaPartitionOptions) =>
    `kafka ${options.topic}[${options.partition}] at ${bootstrapBrokers(options)[0]}${options.tls === undefined ? '' : ' (TLS)'}`,
  create: (options: KafkaPartitionOptions) => new PartitionReceiver(options),
} as const;

const withRanges = defineReceiver({ ...definition, readRange: partitionRange });
const withoutRanges = defineReceiver(definition);

/**
 * A receiver of one partition of a topic, by offset. The receiver joins no group and commits nothing: the engine keeps the
 * position, and goes on behind the last registered record after any failure, without a lost or repeated record.
 *
 * ```ts
 * const orders = ssc.receiverStream(kafkaPartition<Order>({ host: 'localhost', topic: 'orders', partition: 0 }));
 * ```
 *
 * @throws `MR_CONFIG_INVALID_OPTION` with path, value and expectation.
 */
export const kafkaPartition: KafkaPartitionFactory = Object.freeze(
  Object.assign(
    <T = unknown>(input: KafkaPartitionInput): ConfiguredReceiver<T> => {
      const { options: schema, secrets } = definition;
      const { options } = validateOptions({ owner: `receiver ${definition.name}`, schema, secrets, input });
      return (options.ranges ? withRanges(options) : withoutRanges(options)) as ConfiguredReceiver<T>;
    },
    { receiverName: withRanges.receiverName, capabilities: withRanges.capabilities },
  ),
);
