// A record with its event time. The program's function is called once, where timestamps are assigned, and the time
// travels with the record from then on: through operators, through shuffles, to the windows.
import { synchronous } from '../rdd/synchronous.ts';
import { eventTimeError } from './event-time-errors.ts';

/** A record and its event time: milliseconds since 1970, or `AHEAD`. */
export type Timed<T> = readonly [atMs: number, record: T];

/**
 * The time of a record whose event time is further ahead of its batch than `maxFutureMs` permits. Such a record belongs
 * to no window, and the watermark passes over it.
 */
export const AHEAD = Number.POSITIVE_INFINITY;

/** Milliseconds on either side of 1970: the range of a `Date`. Beyond, sums of times would lose milliseconds. */
const MS_MAX = 8.64e15;

/** Gives a record its time; a time above `latestMs` becomes `AHEAD`. @throws `MR_EVENT_TIME_INVALID`. */
export function timed<T>(record: T, atMs: number, latestMs: number): Timed<T> {
  if (typeof atMs === 'number' && Math.abs(atMs) <= MS_MAX) return [atMs > latestMs ? AHEAD : atMs, record];
  synchronous('assignTimestamps', atMs);
  throw eventTimeError(
    'MR_EVENT_TIME_INVALID',
    `assignTimestamps needs milliseconds between -${MS_MAX} and ${MS_MAX}, got ${describe(atMs)}; filter records without a time before`,
    { details: { got: describe(atMs) } },
  );
}

/** The record without its time. */
export const recordOf = <T>([, record]: Timed<T>): T => record;

function describe(value: unknown): string {
  return typeof value === 'number' ? String(value) : `a value of type ${typeof value}`;
}
