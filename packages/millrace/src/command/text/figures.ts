// Figures for people: counts, rates, sizes, durations and times, each short enough for a column.

const GROUPED = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const SMALL = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 2 });

/** From here on counts are rounded to three digits and a letter. */
const SHORT_FROM = 10_000_000;
const STEPS = [
  [1e12, 'T'],
  [1e9, 'G'],
  [1e6, 'M'],
] as const;
const BYTE_STEPS = [
  [2 ** 40, 'TiB'],
  [2 ** 30, 'GiB'],
  [2 ** 20, 'MiB'],
  [2 ** 10, 'KiB'],
] as const;

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** The text for an unknown amount. */
export const UNKNOWN = '-';

/** A count or a rate: `4,200`, `12.3 M`, `0.25`; `-` when unknown. */
export function count(value: number | undefined): string {
  if (value === undefined || !Number.isFinite(value)) return UNKNOWN;
  const size = Math.abs(value);
  const step = size < SHORT_FROM ? undefined : STEPS.find(([least]) => size >= least);
  if (step !== undefined) return `${threeDigits(value / step[0])} ${step[1]}`;
  return size > 0 && size < 1 ? SMALL.format(value) : GROUPED.format(value);
}

/** A size: `512 B`, `1.50 MiB`; `-` when unknown. */
export function bytes(value: number | undefined): string {
  if (value === undefined || !Number.isFinite(value)) return UNKNOWN;
  const step = BYTE_STEPS.find(([least]) => Math.abs(value) >= least);
  return step === undefined ? `${Math.round(value)} B` : `${threeDigits(value / step[0])} ${step[1]}`;
}

/** A duration: `0.4 ms`, `380 ms`, `1.20 s`, `2 min 3 s`, `2 h 13 min`, `3 d 4 h`; `-` when unknown. */
export function duration(ms: number | undefined): string {
  if (ms === undefined || !Number.isFinite(ms)) return UNKNOWN;
  const size = Math.abs(ms);
  const sign = ms < 0 ? '-' : '';
  if (size < 999.5)
    return `${sign}${size < 9.95 && !Number.isInteger(size) ? size.toFixed(1) : Math.round(size)} ms`;
  if (size < MINUTE) return `${sign}${threeDigits(size / SECOND)} s`;
  if (size < HOUR) return sign + twoUnits(size, MINUTE, 'min', SECOND, 's');
  if (size < DAY) return sign + twoUnits(size, HOUR, 'h', MINUTE, 'min');
  return sign + twoUnits(size, DAY, 'd', HOUR, 'h');
}

/** The time of a day in UTC: `12:03:10.250`, without milliseconds when there are none. */
export function timeOfDay(wallMs: number): string {
  return isoTime(wallMs).slice(11, -1).replace('.000', '');
}

/** A whole time in UTC: `2026-11-30T12:03:10.250Z`. */
export function isoTime(wallMs: number): string {
  const date = new Date(wallMs);
  return Number.isNaN(date.getTime()) ? UNKNOWN : date.toISOString();
}

/** A part of a whole: `38 %`. */
export function percent(part: number): string {
  return `${Math.round(part * 100)} %`;
}

/** A number with its noun: `1 batch`, `3 batches`. */
export function counted(value: number, singular: string, plural = `${singular}s`): string {
  return `${count(value)} ${value === 1 ? singular : plural}`;
}

function threeDigits(value: number): string {
  const size = Math.abs(value);
  return value.toFixed(size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2);
}

function twoUnits(ms: number, large: number, largeName: string, small: number, smallName: string): string {
  const smalls = Math.floor(ms / small);
  const perLarge = large / small;
  const rest = smalls % perLarge;
  const whole = `${Math.floor(smalls / perLarge)} ${largeName}`;
  return rest === 0 ? whole : `${whole} ${rest} ${smallName}`;
}
