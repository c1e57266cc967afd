// The rules of the options about streams, common to the receivers of this package.
import { option, type OptionRule, required } from '@millrace/core/engine';
import { idBefore } from './entry-id.ts';

/** The place of the first entry of a reader without a place of its own. */
export type RedisStart = 'earliest' | 'latest' | { readonly timestampMs: number };

/** A key, a name of a group or of a consumer, or a channel. */
export const isName = (value: unknown): value is string =>
  typeof value === 'string' && value !== '' && value.length <= 1_024 && value.isWellFormed();

/** The rule of a name; `what` for messages. */
export const nameRule = (what: string): OptionRule<string> =>
  required(option<string>(`${what}, of at most 1,024 characters`, isName));

/** The rule of the option `from`. */
export const START_RULE: OptionRule<RedisStart> = option<RedisStart>(
  "'earliest', 'latest' or { timestampMs }",
  isStart,
  'earliest',
);

/** The id behind which a start begins, in the form of XGROUP CREATE: `$` is the end of the stream. */
export function startId(from: RedisStart): string {
  if (from === 'latest') return '$';
  return from === 'earliest' ? idBefore(0) : idBefore(from.timestampMs);
}

function isStart(value: unknown): boolean {
  if (value === 'earliest' || value === 'latest') return true;
  const { timestampMs, ...others } = Object(value) as Record<string, unknown>;
  return (
    Number.isSafeInteger(timestampMs) && (timestampMs as number) >= 0 && Object.keys(others).length === 0
  );
}
