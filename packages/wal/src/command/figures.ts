// Numbers and times in a form for people.

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;
/** Times below this, in ms, are not counted from 1970: block logs contain the driver's thresholds. */
const FIRST_WALL_MS = Date.UTC(2000);

/** A whole number with groups of three, for instance `12,345`. */
export function formatCount(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

/** A count with its noun, for instance `1 record` or `12,345 records`. */
export function counted(value: number, noun: string): string {
  return `${formatCount(value)} ${noun}${value === 1 ? '' : 's'}`;
}

/** A size, for instance `4.2 MiB`. */
export function size(bytes: number): string {
  let value = bytes;
  let unit = 0;
  for (; value >= 1024 && unit < UNITS.length - 1; unit += 1) value /= 1024;
  return `${unit === 0 ? formatCount(value) : value.toFixed(1)} ${UNITS[unit]}`;
}

/**
 * A time in ms to the second, for instance `2026-01-31 12:00:00Z`. A number that is not a wall time is printed as a
 * number, and undefined as a dash.
 */
export function time(ms: number | undefined): string {
  if (ms === undefined) return '-';
  const isWallTime = ms >= FIRST_WALL_MS && ms <= 8.64e15;
  return isWallTime ? new Date(ms).toISOString().replace(/T(.{8}).*/, ' $1Z') : String(ms);
}
