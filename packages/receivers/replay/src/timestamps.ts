// Event times: what stands in the timestamp field, as milliseconds since the epoch. `Date.parse` is not used: it reads a
// time without a zone in the zone of the machine, so the same file would replay differently elsewhere.
import { parseDateTime } from './date-times.ts';

/** The notation of timestamps. See `parseTimestamp`. */
export type TimestampFormat = 'auto' | 'epoch-s' | 'epoch-ms' | 'epoch-us' | 'epoch-ns' | 'iso';

/**
 * Below this magnitude `auto` takes a number for seconds, from it on for milliseconds: as seconds it would lie in
 * the year 5138, as milliseconds it is 3 March 1973.
 */
export const AUTO_MILLISECONDS_FROM = 1e11;

/** From here on `auto` takes a number for microseconds: as milliseconds it would lie in the year 5138. */
export const AUTO_MICROSECONDS_FROM = 1e14;

/** From here on `auto` takes a number for nanoseconds. */
export const AUTO_NANOSECONDS_FROM = 1e17;

/** The year 2100: a number that would be later as micro- or nanoseconds is most likely something else. */
const AUTO_SMALL_UNITS_UNTIL_S = Date.UTC(2100, 0, 1) / 1_000;

/**
 * Numbers like 20260513220345: date and time in digits, of the years 1900 to 2099. As milliseconds they would lie around
 * the year 2600, so `auto` takes them for neither.
 */
const DATE_DIGITS_FROM = 19_000_101_000_000;
const DATE_DIGITS_UNTIL = 21_000_101_000_000;

/** The range of a Date, in milliseconds on both sides of the epoch. */
const DATE_MAX_MS = 8.64e15;

const NUMBER = /^[+-]?\d+(\.\d+)?$/;

const UNITS_A_MILLISECOND = { 'epoch-s': 1e-3, 'epoch-ms': 1, 'epoch-us': 1e3, 'epoch-ns': 1e6 } as const;

type NumberFormat = keyof typeof UNITS_A_MILLISECOND;

/**
 * Reads a timestamp; undefined when it is none, or a time that no Date can hold.
 *
 * `epoch-s`, `epoch-ms`, `epoch-us` and `epoch-ns` take numbers and strings of digits, with a fraction if need be. `iso`
 * takes the dates and times of `parseDateTime`; without a zone they are UTC. `auto` takes all of these, numbers by their
 * magnitude: `AUTO_MILLISECONDS_FROM`, `AUTO_MICROSECONDS_FROM`, `AUTO_NANOSECONDS_FROM`. As micro- and nanoseconds it
 * takes times up to the year 2100 only, and no number that reads as a date and time in 14 digits.
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
