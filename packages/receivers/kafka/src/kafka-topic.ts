// `kafkaTopic`: a receiver for each partition of a topic.
import { CONNECTION_RULES, CONNECTION_SECRETS, connectionMismatches } from '@millrace/connection-kafka';
import type { ConfiguredReceiver } from '@millrace/core';
import { validateOptions } from '@millrace/core/engine';
import { required, schemaByTable, wholeNumberWithin } from '@millrace/core/engine';
import { MESSAGE_RULES } from './decoding/message-options.ts';
import { kafkaPartition } from './kafka-partition.ts';
import {
  type KafkaPartitionInput,
  type KafkaPartitionOptions,
  PARTITION_RULES,
} from './partition/partition-options.ts';

/** The options of `kafkaTopic`: those of `kafkaPartition` without the partition. */
export interface KafkaTopicInput extends Omit<KafkaPartitionInput, 'partition' | 'partitionCount'> {
  /** The number of partitions of the topic, each with a receiver of its own. Another number at a start stops the engine. */
  readonly partitions: number;
}

/** The options with every default filled in. */
export type KafkaTopicOptions = Omit<KafkaPartitionOptions, 'partition' | 'partitionCount'> & {
  readonly partitions: number;
};

/** More receivers than an engine is meant for. */
const PARTITIONS_MAX = 10_000;

const { partition: _, ...rules } = PARTITION_RULES;

/** Describes the options of `kafkaTopic`. */
export const kafkaTopicOptions = schemaByTable<KafkaTopicInput, KafkaTopicOptions>(
  {
    ...rules,
    partitions: required(wholeNumberWithin(1, PARTITIONS_MAX)),
    ...MESSAGE_RULES,
    ...CONNECTION_RULES,
  },
  connectionMismatches,
);

/**
 * A receiver for each partition of a topic, for a union:
 *
 * ```ts
 * const partitions = kafkaTopic<Order>({ host: 'localhost', topic: 'orders', partitions: 3 });
 * const orders = ssc.union(...partitions.map((receiver) => ssc.receiverStream(receiver)));
 * ```
 *
 * @throws `MR_CONFIG_INVALID_OPTION` with path, value and expectation.
 */
export function kafkaTopic<T = unknown>(options: KafkaTopicInput): readonly ConfiguredReceiver<T>[] {
  const request = {
    owner: 'kafkaTopic',
    schema: kafkaTopicOptions,
    secrets: CONNECTION_SECRETS,
    input: options,
  };
  const { partitions, ...shared } = validateOptions(request).options;
  return Array.from({ length: partitions }, (_, partition) =>
    kafkaPartition<T>({ ...shared, partition, partitionCount: partitions }),
  );
}
