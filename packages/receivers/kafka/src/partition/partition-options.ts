// The options of `kafkaPartition` and `kafkaTopic`.
import {
  CONNECTION_RULES,
  connectionMismatches,
  type KafkaConnectionInput,
  type KafkaConnectionOptions,
} from '@millrace/connection-kafka';
import { flag, oneOf, type OptionTable, required, schemaByTable, wholeNumber } from '@millrace/core/engine';
import { type KafkaStart, START_RULE, TOPIC_RULE } from '../connection/topic-rules.ts';
import { type KafkaMessageOptions, MESSAGE_RULES } from '../decoding/message-options.ts';

/** The options of one partition beside those of the connection and of messages. */
export interface PartitionReadingOptions {
  /** The topic. */
  readonly topic: string;
  /** The partition, from 0. */
  readonly partition: number;
  /**
   * The first record of a new stream. `earliest`: the oldest record of the partition. `latest`: the next one to be written,
   * at every start until a record has been stored. `{ timestampMs }`: the first record of that time or later. A stream that
   * was read before goes on behind its last registered record.
   */
  readonly from: KafkaStart;
  /**
   * The reaction when the record behind the last registered one is gone. `stop`: the receiver ends for good. `earliest`: the
   * receiver goes on with the oldest record, and reports the gap.
   */
  readonly onGap: 'stop' | 'earliest';
  /** True: the log has ranges of the topic in place of records. False for a compacted topic: the log has the records. */
  readonly ranges: boolean;
  /** True: a missing topic is made, with the numbers of partitions and replicas that the brokers have as defaults. */
  readonly create: boolean;
  /**
   * The largest number of bytes of messages that the receiver holds, received and not yet stored. One batch of a producer may
   * be larger, and is then held alone.
   */
  readonly maxBytesInFlight: number;
}

/** The options with every default filled in. */
export interface KafkaPartitionOptions
  extends KafkaConnectionOptions, KafkaMessageOptions, PartitionReadingOptions {
  /** The expected number of partitions of the topic. Default: any. */
  readonly partitionCount?: number | undefined;
}

/** The options as an application writes them. */
export interface KafkaPartitionInput
  extends
    KafkaConnectionInput,
    Partial<KafkaMessageOptions>,
    Partial<Omit<PartitionReadingOptions, 'topic' | 'partition'>> {
  readonly topic: string;
  readonly partition: number;
  readonly partitionCount?: number | undefined;
}

/** The rules of reading a partition. */
export const PARTITION_RULES: OptionTable<PartitionReadingOptions> = {
  topic: TOPIC_RULE,
  partition: required(wholeNumber(undefined, 0)),
  from: START_RULE,
  onGap: oneOf(['stop', 'earliest'], 'stop'),
  ranges: flag(true),
  create: flag(false),
  maxBytesInFlight: wholeNumber(2_097_152, 1_024),
};

/** Describes the options of `kafkaPartition`. */
export const kafkaPartitionOptions = schemaByTable<KafkaPartitionInput, KafkaPartitionOptions>(
  { ...PARTITION_RULES, ...MESSAGE_RULES, ...CONNECTION_RULES, partitionCount: wholeNumber() },
  connectionMismatches,
);
