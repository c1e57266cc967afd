// The options of `redisMessages`.
import {
  CONNECTION_RULES,
  connectionMismatches,
  type RedisConnectionInput,
  type RedisConnectionOptions,
} from '@millrace/connection-redis';
import {
  DECODING_RULES,
  type DecodingOptions,
  option,
  type OptionTable,
  schemaByTable,
  wholeNumber,
} from '@millrace/core/engine';
import { isName } from '../connection/stream-rules.ts';

/** The options of channels beside those of the connection and of values. */
export interface MessagesReadingOptions {
  /** Names of channels. This option or `patterns` is required. */
  readonly channels?: readonly string[] | undefined;
  /** Patterns of names of channels, for instance `orders.*`. A message that several patterns fit is several records. */
  readonly patterns?: readonly string[] | undefined;
  /** The largest number of messages that wait for the engine. Further messages are dropped, counted and reported. */
  readonly maxQueued: number;
  /** The largest number of bytes of messages that wait for the engine. Further messages are dropped, counted and reported. */
  readonly maxBytesInFlight: number;
}

/** The options with every default filled in. */
export interface RedisMessagesOptions
  extends RedisConnectionOptions, DecodingOptions, MessagesReadingOptions {}

/** The options as an application writes them. */
export interface RedisMessagesInput
  extends RedisConnectionInput, Partial<DecodingOptions>, Partial<MessagesReadingOptions> {}

const NAMES = option<readonly string[]>('list of names, each once', isNameList);

/** The rules of channels. */
export const MESSAGES_RULES: OptionTable<MessagesReadingOptions> = {
  channels: NAMES,
  patterns: NAMES,
  maxQueued: wholeNumber(10_000),
  maxBytesInFlight: wholeNumber(16_777_216, 1_024),
};

/** Describes the options of `redisMessages`. */
export const redisMessagesOptions = schemaByTable<RedisMessagesInput, RedisMessagesOptions>(
  { ...MESSAGES_RULES, ...DECODING_RULES, ...CONNECTION_RULES },
  (options) => [
    ...connectionMismatches(options),
    ...(options.channels === undefined && options.patterns === undefined
      ? [{ name: 'channels' as const, expected: 'either channels or patterns, or both' }]
      : []),
  ],
);

function isNameList(value: unknown): boolean {
  return (
    Array.isArray(value) && value.length > 0 && value.every(isName) && new Set(value).size === value.length
  );
}
