// The options of `redisStreamRange`.
import {
  CONNECTION_RULES,
  connectionMismatches,
  type RedisConnectionInput,
  type RedisConnectionOptions,
} from '@millrace/connection-redis';
import { flag, oneOf, type OptionTable, schemaByTable, wholeNumber } from '@millrace/core/engine';
import { nameRule, type RedisStart, START_RULE } from '../connection/stream-rules.ts';
import { ENTRY_RULES, type RedisEntryOptions } from '../decoding/entry-options.ts';

/** The options of reading by id beside those of the connection and of entries. */
export interface RangeReadingOptions {
  /** The key of the stream. */
  readonly stream: string;
  /**
   * The first record of a new stream of the program. `earliest`: the oldest entry. `latest`: the next one to be written, at
   * every start until a record has been stored. `{ timestampMs }`: the first entry of that time or later. A stream that was
   * read before goes on behind its last registered record.
   */
  readonly from: RedisStart;
  /**
   * The reaction when entries behind the last registered record are gone. `stop`: the receiver ends for good. `earliest`: the
   * receiver goes on with the oldest entry behind, and reports the gap.
   */
  readonly onGap: 'stop' | 'earliest';
  /** True: the log has ranges of the stream in place of records. False for a stream that is trimmed early. */
  readonly ranges: boolean;
  /** True: a missing stream is made, without entries. */
  readonly create: boolean;
  /**
   * The largest number of bytes of entries that the receiver holds, received and not yet stored. One entry may be larger, and
   * is then held alone. The server counts entries and not bytes: entries that become larger all at once may exceed the bound
   * for one answer.
   */
  readonly maxBytesInFlight: number;
}

/** The options with every default filled in. */
export interface RedisStreamRangeOptions
  extends RedisConnectionOptions, RedisEntryOptions, RangeReadingOptions {}

/** The options as an application writes them. */
export interface RedisStreamRangeInput
  extends
    RedisConnectionInput,
    Partial<RedisEntryOptions>,
    Pick<RangeReadingOptions, 'stream'>,
    Partial<Omit<RangeReadingOptions, 'stream'>> {}

/** The rules of reading by id. */
export const RANGE_RULES: OptionTable<RangeReadingOptions> = {
  stream: nameRule('a key'),
  from: START_RULE,
  onGap: oneOf(['stop', 'earliest'], 'stop'),
  ranges: flag(true),
  create: flag(false),
  maxBytesInFlight: wholeNumber(2_097_152, 1_024),
};

/** Describes the options of `redisStreamRange`. */
export const redisStreamRangeOptions = schemaByTable<RedisStreamRangeInput, RedisStreamRangeOptions>(
  { ...RANGE_RULES, ...ENTRY_RULES, ...CONNECTION_RULES },
  connectionMismatches,
);
