// The options of `kafkaGroup`.
import {
  CONNECTION_RULES,
  connectionMismatches,
  isTopic,
  type KafkaConnectionInput,
  type KafkaConnectionOptions,
} from '@millrace/connection-kafka';
import {
  flag,
  IN_FLIGHT_RULES,
  type InFlightOptions,
  oneOf,
  option,
  type OptionTable,
  required,
  schemaByTable,
  wholeNumberWithin,
} from '@millrace/core/engine';
import { type KafkaStart, START_RULE } from '../connection/topic-rules.ts';
import { type KafkaMessageOptions, MESSAGE_RULES } from '../decoding/message-options.ts';

/** The most unacknowledged records that the option `maxInFlight` permits. */
export const RECORDS_IN_FLIGHT_MAX = 1_000_000;

/** The options of a group beside those of the connection, of messages and of records in flight. */
export interface GroupReadingOptions {
  /** The name of the consumer group. Its members share the partitions; Kafka keeps how far the group is. */
  readonly group: string;
  /** The topics. */
  readonly topics: readonly string[];
  /**
   * The first record of a partition in which the group has no committed offset. `earliest`: the oldest record. `latest`: the
   * next one to be written. `{ timestampMs }`: the first record of that time or later. The beginning is committed at once, so
   * that a restart does not move the beginning.
   */
  readonly from: KafkaStart;
  /**
   * The reaction when the committed record is gone. `stop`: the receiver ends for good. `earliest`: the receiver goes on with
   * the oldest record of the partition, and reports the gap.
   */
  readonly onGap: 'stop' | 'earliest';
  /** True: a missing topic is made, with the numbers of partitions and replicas that the brokers have as defaults. */
  readonly create: boolean;
  /**
   * The way in which the group divides partitions. `classic`: all members join again when one comes or goes; every version of
   * Kafka. `consumer` (KIP-848, Kafka 4.0 and newer): the broker divides, and only the partitions that move are stopped. All
   * members of a group have the same protocol, apart from the time of a change.
   */
  readonly groupProtocol: 'classic' | 'consumer';
  /**
   * A name of this receiver in the group, the same after every restart, and another one for every other receiver of the group
   * (static membership). A restarted receiver then gets its partitions back at once; without a name the group waits for
   * `sessionTimeoutMs` after a crash. With `groupProtocol: 'consumer'` the group waits for the end of a killed member's session
   * also with a name. Default: none.
   */
  readonly instanceId?: string | undefined;
  /**
   * The time after which the group gives the partitions of a silent member to others, in milliseconds. A process that computes
   * for longer without a pause is silent, too. The brokers have bounds of their own, 6 s to 30 min by default. With
   * `groupProtocol: 'consumer'` the broker sets this time (`group.consumer.session.timeout.ms`), and the option is the longest
   * time for giving a partition up.
   */
  readonly sessionTimeoutMs: number;
}

/** The options with every default filled in. */
export interface KafkaGroupOptions
  extends KafkaConnectionOptions, KafkaMessageOptions, InFlightOptions, GroupReadingOptions {}

/** The options as an application writes them. */
export interface KafkaGroupInput
  extends
    KafkaConnectionInput,
    Partial<KafkaMessageOptions>,
    Partial<InFlightOptions>,
    Partial<Omit<GroupReadingOptions, 'group' | 'topics'>> {
  readonly group: string;
  readonly topics: readonly string[];
}

const NAME_EXPECTED = 'a name without white space';
const isName = (value: unknown): boolean => typeof value === 'string' && /^\S{1,249}$/.test(value);

function isTopicList(value: unknown): boolean {
  return (
    Array.isArray(value) && value.length > 0 && value.every(isTopic) && new Set(value).size === value.length
  );
}

/** The rules of reading as a member of a group. */
export const GROUP_RULES: OptionTable<GroupReadingOptions> = {
  group: required(option<string>(NAME_EXPECTED, isName)),
  topics: required(option<readonly string[]>('list of names of topics, each once', isTopicList)),
  from: START_RULE,
  onGap: oneOf(['stop', 'earliest'], 'stop'),
  create: flag(false),
  groupProtocol: oneOf(['classic', 'consumer'], 'classic'),
  instanceId: option(NAME_EXPECTED, isName),
  sessionTimeoutMs: wholeNumberWithin(1_000, 3_600_000, 45_000),
};

/** Describes the options of `kafkaGroup`. */
export const kafkaGroupOptions = schemaByTable<KafkaGroupInput, KafkaGroupOptions>(
  {
    ...GROUP_RULES,
    ...IN_FLIGHT_RULES,
    maxInFlight: wholeNumberWithin(1, RECORDS_IN_FLIGHT_MAX, IN_FLIGHT_RULES.maxInFlight.fallback),
    ...MESSAGE_RULES,
    ...CONNECTION_RULES,
  },
  connectionMismatches,
);
