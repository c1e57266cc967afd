// Figures in words, for people: few digits, one unit, and a space that does not break.

const SPACE = '\u00a0';
const WHOLE = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const SHORT = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 3 });

/** A number of things: `8,412`, and from a million on `5.13 M`. */
export function count(value: number): string {
  if (value < 1e6) return WHOLE.format(value);
  if (value < 1e9) return `${SHORT.format(value / 1e6)}${SPACE}M`;
  return `${SHORT.format(value / 1e9)}${SPACE}G`;
}

/** A number per second. */
export function rate(value: number): string {
  return `${value > 0 && value < 10 ? SHORT.format(value) : count(value)}/s`;
}

/** A number per second for an axis. */
export function axisRate(value: number): string {
  if (value < 1e4) return WHOLE.format(value);
  return value < 1e6 ? `${SHORT.format(value / 1e3)}${SPACE}k` : count(value);
}

/** A length of time: `0.4 ms`, `372 ms`, `1.3 s`, `14 min`, `2 h 5 min`, `3 d 4 h`. */
export function duration(ms: number): string {
  if (ms <= 0) return `0${SPACE}ms`;
  if (ms < 10) return `${SHORT.format(Math.round(ms * 10) / 10)}${SPACE}ms`;
  if (ms < 1_000) return `${WHOLE.format(ms)}${SPACE}ms`;
  if (ms < 9_950) return `${SHORT.format(Math.round(ms / 100) / 10)}${SPACE}s`;
  const seconds = Math.round(ms / 1_000);
  if (seconds < 100) return `${seconds}${SPACE}s`;
  const minutes = Math.round(ms / 60_000);
  if (minutes < 100) return `${minutes}${SPACE}min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return pair(hours, 'h', minutes % 60, 'min');
  return pair(Math.floor(hours / 24), 'd', hours % 24, 'h');
}

function pair(large: number, largeUnit: string, small: number, smallUnit: string): string {
  const first = `${WHOLE.format(large)}${SPACE}${largeUnit}`;
  return small === 0 ? first : `${first}${SPACE}${small}${SPACE}${smallUnit}`;
}

/** Bytes: `12 KiB`, `384 MiB`. */
export function bytes(value: number): string {
  let rest = value;
  for (const unit of ['B', 'KiB', 'MiB', 'GiB']) {
    if (rest < 1_000) return `${SHORT.format(rest)}${SPACE}${unit}`;
    rest /= 1_024;
  }
  return `${SHORT.format(rest)}${SPACE}TiB`;
}

/** A part of a whole: `38 %`. */
export function percent(part: number): string {
  if (part > 0 && part < 0.01) return `<${SPACE}1${SPACE}%`;
  return `${WHOLE.format(part * 100)}${SPACE}%`;
}

/** The words that are said, with a separator between. */
export function listOf(words: readonly (string | false)[], separator = ', '): string {
  return words.filter((word) => word !== false).join(separator);
}

/** `1 batch`, `2 batches`. */
export function several(number: number, one: string, more = `${one}s`): string {
  return `${count(number)}${SPACE}${number === 1 ? one : more}`;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}

/** The time of day in the reader's time zone, 24 hours: `12:03:10`. */
export function timeOfDay(ms: number): string {
  const date = new Date(ms);
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

/** A batch time: with milliseconds when the interval is no whole number of seconds, so that a list is even. */
export function batchTimeOfDay(ms: number, intervalMs: number): string {
  if (intervalMs % 1_000 === 0 && ms % 1_000 === 0) return timeOfDay(ms);
  return `${timeOfDay(ms)}.${String(new Date(ms).getMilliseconds()).padStart(3, '0')}`;
}

/** A length of time for an axis. */
export function axisDuration(ms: number): string {
  return ms <= 0 ? '0' : duration(ms);
}

/** Hours and minutes, for an axis. */
export function hourAndMinute(ms: number): string {
  const date = new Date(ms);
  return `${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** Day and batch time: `2026-01-01 12:03:10`. */
export function dayAndTime(ms: number, intervalMs: number): string {
  const date = new Date(ms);
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${batchTimeOfDay(ms, intervalMs)}`;
}

/** The same moment in UTC, to be shown on hover. */
export function utc(ms: number): string {
  return isTime(ms) ? `${new Date(ms).toISOString().replace('T', ' ').replace('Z', '')} UTC` : '';
}

/** True when a date can hold the time. */
export function isTime(ms: number): boolean {
  return Math.abs(ms) <= 8.64e15;
}
