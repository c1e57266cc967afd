// Lengths of time in milliseconds, as all options take them.

/** Seconds in milliseconds: `seconds(2)` is 2,000, `seconds(0.5)` is 500. Rounded to whole milliseconds. */
export function seconds(count: number): number {
  return Math.round(count * 1_000);
}

/** Minutes in milliseconds: `minutes(1)` is 60,000. Rounded to whole milliseconds. */
export function minutes(count: number): number {
  return seconds(count * 60);
}

/** Hours in milliseconds: `hours(1)` is 3,600,000. Rounded to whole milliseconds. */
export function hours(count: number): number {
  return minutes(count * 60);
}
