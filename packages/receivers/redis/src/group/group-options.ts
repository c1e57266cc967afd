// The options of `redisStream`.
import {
  CONNECTION_RULES,
  connectionMismatches,
  type RedisConnectionInput,
  type RedisConnectionOptions,
} from '@millrace/connection-redis';
import {
  flag,
  IN_FLIGHT_RULES,
  type InFlightOptions,
  type OptionTable,
  schemaByTable,
  wholeNumberWithin,
} from '@millrace/core/engine';
import { nameRule, type RedisStart, START_RULE } from '../connection/stream-rules.ts';
import { ENTRY_RULES, type RedisEntryOptions } from '../decoding/entry-options.ts';

/** The most unacknowledged records that the option `maxInFlight` permits. */
export const RECORDS_IN_FLIGHT_MAX = 1_000_000;

/** The options of a group beside those of the connection, of entries and of records in flight. */
export interface ConsumerReadingOptions {
  /** The key of the stream. */
  readonly stream: string;
  /** The name of the consumer group. Its consumers share the entries; the server keeps which ones are acknowledged. */
  readonly group: string;
  /**
   * The name of this receiver in the group, the same after every restart, and another one for every other receiver of the
   * group. A restarted receiver gets its unacknowledged entries back by this name.
   */
  readonly consumer: string;
  /**
   * The first entry of a group that `create` makes. `earliest`: the oldest entry. `latest`: the next one to be written.
   * `{ timestampMs }`: the first entry of that time or later. A group that exists goes on where the group is.
   */
  readonly from: RedisStart;
  /** True: a missing stream and a missing group are made. */
  readonly create: boolean;
  /**
   * The time without an acknowledgement, in milliseconds, after which this receiver takes an entry of another consumer of the
   * group. Longer than a record may wait for its log: an entry that is taken too early is delivered twice.
   */
  readonly claimAfterMs: number;
}

/** The options with every default filled in. */
export interface RedisConsumerOptions
  extends RedisConnectionOptions, RedisEntryOptions, InFlightOptions, ConsumerReadingOptions {}

type Required = 'stream' | 'group' | 'consumer';

/** The options as an application writes them. */
export interface RedisStreamInput
  extends
    RedisConnectionInput,
    Partial<RedisEntryOptions>,
    Partial<InFlightOptions>,
    Pick<ConsumerReadingOptions, Required>,
    Partial<Omit<ConsumerReadingOptions, Required>> {}

/** The rules of reading as a consumer of a group. */
export const GROUP_RULES: OptionTable<ConsumerReadingOptions> = {
  stream: nameRule('a key'),
  group: nameRule('a name'),
  consumer: nameRule('a name'),
  from: START_RULE,
  create: flag(false),
  claimAfterMs: wholeNumberWithin(1_000, 86_400_000, 60_000),
};

/** Describes the options of `redisStream`. */
export const redisStreamOptions = schemaByTable<RedisStreamInput, RedisConsumerOptions>(
  {
    ...GROUP_RULES,
    ...IN_FLIGHT_RULES,
    maxInFlight: wholeNumberWithin(1, RECORDS_IN_FLIGHT_MAX, IN_FLIGHT_RULES.maxInFlight.fallback),
    ...ENTRY_RULES,
    ...CONNECTION_RULES,
  },
  connectionMismatches,
);
