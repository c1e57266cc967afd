// Event times: what stands in the timestamp field, as milliseconds since the epoch. Everything here is plain
// arithmetic in UTC. `Date.parse` is not used: it reads a time without a zone in the zone of the machine, so the same
// file would replay differently elsewhere.

/** How timestamps are written. See `parseTimestamp`. */
export type TimestampFormat = 'auto' | 'epoch-ms' | 'epoch-s' | 'iso';

/**
 * Below this magnitude `auto` takes a number for seconds, from it on for milliseconds: as seconds it would lie in
 * the year 5138, as milliseconds it is 3 March 1973.
 */
export const AUTO_MILLISECONDS_FROM = 100_000_000_000;

const DATE_TIME =
  /^(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?\s*(Z|[+-]\d{2}:?\d{2})?$/i;
const NUMBER = /^[+-]?\d+(\.\d+)?$/;

/**
 * Reads a timestamp; undefined when it is none.
 *
 * `epoch-ms` and `epoch-s` take numbers and strings of digits, with a fraction if need be. `iso` takes dates and
 * times like `2001-01-14T21:55:03.250Z`, `2001/01/14 21:55` and `2001-01-14`; without a zone they are UTC. `auto`
 * takes both, numbers by their size (`AUTO_MILLISECONDS_FROM`).
 *
 * @returns milliseconds since the epoch, possibly with a fraction.
 */
export function parseTimestamp(value: unknown, format: TimestampFormat): number | undefined {
  if (typeof value === 'string' && format !== 'epoch-ms' && format !== 'epoch-s') {
    const time = parseDateTime(value.trim());
    if (time !== undefined || format === 'iso') return time;
  }
  if (format === 'iso') return undefined;
  const number = parseNumber(value);
  if (number === undefined) return undefined;
  return isInSeconds(number, format) ? number * 1_000 : number;
}

function isInSeconds(number: number, format: TimestampFormat): boolean {
  return format === 'epoch-s' || (format === 'auto' && Math.abs(number) < AUTO_MILLISECONDS_FROM);
}

function parseNumber(value: unknown): number | undefined {
  const number = typeof value === 'string' && NUMBER.test(value.trim()) ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

function parseDateTime(text: string): number | undefined {
  const parts = DATE_TIME.exec(text);
  if (parts === null) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts
    .slice(1, 7)
    .map(numberOrZero);
  if (hour > 23 || minute > 59 || second > 59 || !isDay(year, month, day)) return undefined;
  const zone = zoneOffsetMs(parts[8]);
  if (zone === undefined) return undefined;
  const fractionMs = Number(`0.${parts[7] ?? '0'}`) * 1_000;
  return utc(year, month, day) + (hour * 3_600 + minute * 60 + second) * 1_000 + fractionMs - zone;
}

function numberOrZero(text: string | undefined): number {
  return text === undefined ? 0 : Number(text);
}

/** Whether the calendar has this day; 30 February would otherwise pass for 2 March. */
function isDay(year: number, month: number, day: number): boolean {
  const date = new Date(utc(year, month, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}

/** Midnight of a day. `Date.UTC` alone takes the years 0 to 99 for 1900 to 1999. */
function utc(year: number, month: number, day: number): number {
  return new Date(0).setUTCFullYear(year, month - 1, day);
}

function zoneOffsetMs(zone: string | undefined): number | undefined {
  if (zone === undefined || zone.toUpperCase() === 'Z') return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(-2));
  if (hours > 23 || minutes > 59) return undefined;
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}
