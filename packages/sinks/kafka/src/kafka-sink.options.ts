// The options of `kafkaSink`.
import {
  CONNECTION_RULES,
  connectionMismatches,
  isTopic,
  type KafkaConnectionInput,
  type KafkaConnectionOptions,
  TOPIC_EXPECTED,
} from '@millrace/connection-kafka';
import {
  flag,
  type Mismatch,
  oneOf,
  option,
  type OptionTable,
  required,
  schemaByTable,
  wholeNumberWithin,
} from '@millrace/core/engine';

/** The options of the topic, of its messages and of the ledger. */
export interface KafkaTargetOptions {
  /** The topic of the records. */
  readonly topic: string;
  /**
   * `effectively-once`: one transaction holds the records of a partition and a message of the ledger, and readers of committed
   * messages see each record once. `at-least-once`: no transactions; a repeated write leaves its records twice.
   */
  readonly delivery: 'effectively-once' | 'at-least-once';
  /** The form of values: JSON text, text, or bytes (`Uint8Array`). */
  readonly value: 'json' | 'text' | 'bytes';
  /** The compression of requests. */
  readonly compression: 'none' | 'gzip' | 'zstd';
  /** True: a missing topic is made, with the number of partitions and replicas that the cluster gives to a new topic. */
  readonly create: boolean;
  /** The size of a request, in bytes before compression; a larger message goes alone. Below `max.message.bytes` of the topic. */
  readonly requestBytes: number;
  /** The largest number of producers of one executor, and so of partitions that are written at once. */
  readonly producers: number;
  /** The topic of the sink's own record of writes; made if missing, compacted, with one partition. */
  readonly ledgerTopic: string;
  /** The least number of batches of each output operation in the ledger. */
  readonly ledgerBatches: number;
  /** The beginning of transactional ids, for the access control lists of the cluster. */
  readonly transactionalIdPrefix: string;
  /**
   * The longest time of one transaction, in milliseconds. The cluster aborts a longer one. At most the cluster's
   * `transaction.max.timeout.ms`.
   */
  readonly transactionTimeoutMs: number;
}

/** The options with every default filled in. */
export interface KafkaSinkOptions extends KafkaConnectionOptions, KafkaTargetOptions {}

/** The options as an application writes them. */
export interface KafkaSinkInput
  extends
    KafkaConnectionInput,
    Pick<KafkaTargetOptions, 'topic'>,
    Partial<Omit<KafkaTargetOptions, 'topic'>> {}

const PREFIX = /^[a-zA-Z0-9._-]{1,249}$/;

/** The rules of topic, messages and ledger. */
export const TOPIC_RULES: OptionTable<KafkaTargetOptions> = {
  topic: required(option<string>(TOPIC_EXPECTED, isTopic)),
  delivery: oneOf(['effectively-once', 'at-least-once'], 'effectively-once'),
  value: oneOf(['json', 'text', 'bytes'], 'json'),
  compression: oneOf(['none', 'gzip', 'zstd'], 'none'),
  create: flag(false),
  requestBytes: wholeNumberWithin(1_024, 104_857_600, 786_432),
  producers: wholeNumberWithin(1, 1_000, 16),
  ledgerTopic: option<string>(TOPIC_EXPECTED, isTopic, 'millrace-ledger'),
  ledgerBatches: wholeNumberWithin(1, 1_000_000, 10_000),
  transactionalIdPrefix: option<string>(
    'letters, digits, dots, underscores and dashes',
    (value) => typeof value === 'string' && PREFIX.test(value),
    'millrace',
  ),
  transactionTimeoutMs: wholeNumberWithin(1_000, 3_600_000, 60_000),
};

/** Describes the options of `kafkaSink`. */
export const kafkaSinkOptions = schemaByTable<KafkaSinkInput, KafkaSinkOptions>(
  { ...TOPIC_RULES, ...CONNECTION_RULES },
  (options) => [...connectionMismatches(options), ...topicMismatches(options)],
);

function topicMismatches({ topic, ledgerTopic }: KafkaSinkOptions): readonly Mismatch<KafkaSinkOptions>[] {
  return topic === ledgerTopic
    ? [{ name: 'ledgerTopic', expected: 'another topic than the one that gets the records' }]
    : [];
}
