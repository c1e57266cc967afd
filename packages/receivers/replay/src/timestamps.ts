// Event times: the content of the timestamp field, as milliseconds since the epoch. `Date.parse` is not used: it reads
// a time without a zone in the zone of the machine, so the same file would be replayed differently elsewhere.
import { parseDateTime } from './date-times.ts';

/** The notation of timestamps. See `parseTimestamp`. */
export type TimestampFormat = 'auto' | 'epoch-s' | 'epoch-ms' | 'epoch-us' | 'epoch-ns' | 'iso';

/**
 * Below this magnitude `auto` reads a number as seconds, from this magnitude on as milliseconds: as seconds the number
 * would lie in the year 5138, as milliseconds on 3 March 1973.
 */
export const AUTO_MILLISECONDS_FROM = 1e11;

/** From here on `auto` reads a number as microseconds: as milliseconds the number would lie in the year 5138. */
export const AUTO_MICROSECONDS_FROM = 1e14;

/** From here on `auto` reads a number as nanoseconds. */
export const AUTO_NANOSECONDS_FROM = 1e17;

/** The year 2100: a number with a later time as micro- or nanoseconds is most likely no timestamp. */
const AUTO_SMALL_UNITS_UNTIL_S = Date.UTC(2100, 0, 1) / 1_000;

/**
 * Numbers like 20260513220345: date and time in digits, of the years 1900 to 2099. As milliseconds such numbers would
 * lie around the year 2600, so `auto` accepts them as neither.
 */
const DATE_DIGITS_FROM = 19_000_101_000_000;
const DATE_DIGITS_UNTIL = 21_000_101_000_000;

/** The range of a Date, in milliseconds on both sides of the epoch. */
const DATE_MAX_MS = 8.64e15;

const NUMBER = /^[+-]?\d+(\.\d+)?$/;

const UNITS_A_MILLISECOND = { 'epoch-s': 1e-3, 'epoch-ms': 1, 'epoch-us': 1e3, 'epoch-ns': 1e6 } as const;

type NumberFormat = keyof typeof UNITS_A_MILLISECOND;

/**
 * Parses a timestamp; undefined for an invalid timestamp, or for a time that no Date can hold.
 *
 * `epoch-s`, `epoch-ms`, `epoch-us` and `epoch-ns` accept numbers and strings of digits, optionally with a fraction.
 * `iso` accepts the dates and times of `parseDateTime`; times without a zone are UTC. `auto` accepts all of these,
 * numbers by their magnitude: `AUTO_MILLISECONDS_FROM`, `AUTO_MICROSECONDS_FROM`, `AUTO_NANOSECONDS_FROM`. As micro-
 * and nanoseconds, `auto` accepts times up to the year 2100 only, and no number that forms a date and time in 14
 * digits.
 *
 * @returns milliseconds since the epoch, possibly with a fraction.
 */
export function parseTimestamp(value: unknown, format: TimestampFormat): number | undefined {
  const timeMs = timeOf(value, format);
  return timeMs !== undefined && Math.abs(timeMs) <= DATE_MAX_MS ? timeMs : undefined;
}

function timeOf(value: unknown, format: TimestampFormat): number | undefined {
  if (typeof value === 'string' && (format === 'iso' || format === 'auto')) {
    const time = parseDateTime(value.trim(), { isBasicDateTaken: format === 'iso' });
    if (time !== undefined || format === 'iso') return time;
  }
  if (format === 'iso') return undefined;
  const number = parseNumber(value);
  if (number === undefined) return undefined;
  const unit = format === 'auto' ? formatByMagnitude(Math.abs(number)) : format;
  return unit === undefined ? undefined : inMilliseconds(number, unit);
}

/** Seconds are multiplied, so that whole numbers stay whole. */
function inMilliseconds(number: number, unit: NumberFormat): number {
  return unit === 'epoch-s' ? number * 1_000 : number / UNITS_A_MILLISECOND[unit];
}

function formatByMagnitude(magnitude: number): NumberFormat | undefined {
  if (magnitude < AUTO_MILLISECONDS_FROM) return 'epoch-s';
  if (magnitude >= DATE_DIGITS_FROM && magnitude < DATE_DIGITS_UNTIL) return undefined;
  if (magnitude < AUTO_MICROSECONDS_FROM) return 'epoch-ms';
  if (magnitude < AUTO_NANOSECONDS_FROM)
    return magnitude < AUTO_SMALL_UNITS_UNTIL_S * 1e6 ? 'epoch-us' : undefined;
  return magnitude < AUTO_SMALL_UNITS_UNTIL_S * 1e9 ? 'epoch-ns' : undefined;
}

function parseNumber(value: unknown): number | undefined {
  if (typeof value === 'bigint') return Number(value);
  const number = typeof value === 'string' && NUMBER.test(value.trim()) ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}
