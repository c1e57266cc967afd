// The options of `redisSink`.
import {
  CONNECTION_RULES,
  connectionMismatches,
  type RedisConnectionInput,
  type RedisConnectionOptions,
} from '@millrace/connection-redis';
import {
  type Mismatch,
  oneOf,
  option,
  type OptionTable,
  required,
  schemaByTable,
  wholeNumber,
  wholeNumberWithin,
} from '@millrace/core/engine';

/** The form of the rows in Redis. */
export type RedisRowForm = 'stream' | 'list' | 'hash' | 'string';

/** The options of the rows and of their ledger. */
export interface RedisRowsOptions {
  /**
   * The form of a row. `stream`: an entry of the stream `key`. `list`: an element at the end of the list `key`. `hash`: some
   * fields of a hash, with a key of its own. `string`: a text or bytes, with a key of its own.
   */
  readonly as: RedisRowForm;
  /** The key of the stream or of the list. Required for these forms. */
  readonly key?: string | undefined;
  /**
   * The beginning of every key, of rows and of the ledger. With a hash tag, for instance `{shop}:`, all keys are in one slot
   * of a cluster.
   */
  readonly prefix: string;
  /** The length to which a stream is trimmed, about: the server removes whole nodes of old entries. Default: no trimming. */
  readonly maxLength?: number | undefined;
  /** The time after its last write at which a hash or a string is removed, in milliseconds. Default: never. */
  readonly expireMs?: number | undefined;
  /**
   * The largest number of records that one call of the script writes, all of them or none. A larger partition, or one of more
   * than 1 MiB, is written in several calls, and becomes visible in parts.
   */
  readonly rowsAtOnce: number;
  /** The key of the sink's own record of writes, behind `prefix`. */
  readonly ledgerKey: string;
  /** The number of batches of each output operation in the ledger. */
  readonly ledgerBatches: number;
}

/** The options with every default filled in. */
export interface RedisSinkOptions extends RedisConnectionOptions, RedisRowsOptions {}

/** The options as an application writes them. */
export interface RedisSinkInput
  extends RedisConnectionInput, Pick<RedisRowsOptions, 'as'>, Partial<Omit<RedisRowsOptions, 'as'>> {}

const isText = (value: unknown): boolean =>
  typeof value === 'string' && value.length <= 1_024 && value.isWellFormed();
const isKey = (value: unknown): boolean => isText(value) && value !== '';

/** The rules of rows and ledger. */
export const ROWS_RULES: OptionTable<RedisRowsOptions> = {
  as: required(oneOf(['stream', 'list', 'hash', 'string'])),
  key: option('a key, of at most 1,024 characters', isKey),
  prefix: option('a text, of at most 1,024 characters', isText, ''),
  maxLength: wholeNumber(),
  expireMs: wholeNumberWithin(1, 31_536_000_000_000),
  rowsAtOnce: wholeNumberWithin(1, 100_000, 2_000),
  ledgerKey: option('a key, of at most 1,024 characters', isKey, 'millrace:ledger'),
  ledgerBatches: wholeNumberWithin(1, 1_000_000, 1_000),
};

/** Describes the options of `redisSink`. */
export const redisSinkOptions = schemaByTable<RedisSinkInput, RedisSinkOptions>(
  { ...ROWS_RULES, ...CONNECTION_RULES },
  (options) => [...connectionMismatches(options), ...rowsMismatches(options)],
);

/** True when all rows are in one key. */
export function hasOneKey(as: RedisRowForm): boolean {
  return as === 'stream' || as === 'list';
}

function rowsMismatches({
  as,
  key,
  maxLength,
  expireMs,
}: RedisSinkOptions): readonly Mismatch<RedisSinkOptions>[] {
  const mismatches: Mismatch<RedisSinkOptions>[] = [];
  if (hasOneKey(as) && key === undefined)
    mismatches.push({ name: 'key', expected: `a key for rows as a ${as}` });
  if (!hasOneKey(as) && key !== undefined)
    mismatches.push({ name: 'key', expected: `no key for rows as a ${as}, which have keys of their own` });
  if (maxLength !== undefined && as !== 'stream')
    mismatches.push({ name: 'maxLength', expected: 'no length for rows outside of a stream' });
  if (expireMs !== undefined && hasOneKey(as))
    mismatches.push({ name: 'expireMs', expected: `no expiry for rows as a ${as}` });
  return mismatches;
}
