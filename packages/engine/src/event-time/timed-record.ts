// A record with its event time. The program's function is called once, where timestamps are assigned, and the time
// travels with the record from then on: through operators, through shuffles, to the windows.
import type { BatchTime } from '@millrace/core';
import { synchronous } from '../rdd/synchronous.ts';
import { ReportedRecord } from '../record-errors/reported-record.ts';
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

/** The latest time of the records of a batch. */
export interface LatestTime {
  readonly atMs: number;
  readonly batchTime: BatchTime;
  /** True when records with a later time become dead letters, too. */
  readonly isReported: boolean;
}

/**
 * Gives a record its time; a time that is later than the latest becomes `AHEAD`.
 *
 * @throws `MR_EVENT_TIME_INVALID`; `ReportedRecord` for a time that is ahead and reported.
 */
export function timed<T>(record: T, atMs: number, latest: LatestTime): Timed<T> {
  if (typeof atMs === 'number' && Math.abs(atMs) <= MS_MAX) {
    if (atMs <= latest.atMs) return [atMs, record];
    if (latest.isReported) throw new ReportedRecord([AHEAD, record], aheadError(atMs, latest));
    return [AHEAD, record];
  }
  synchronous('assignTimestamps', atMs);
  throw eventTimeError(
    'MR_EVENT_TIME_INVALID',
    `assignTimestamps needs milliseconds between -${MS_MAX} and ${MS_MAX}, got ${describe(atMs)}; filter records without a time before`,
    { details: { got: describe(atMs) } },
  );
}

function aheadError(atMs: number, { atMs: latestMs, batchTime }: LatestTime): Error {
  const maxFutureMs = latestMs - batchTime;
  const error = eventTimeError(
    'MR_EVENT_TIME_AHEAD',
    `expected a time of at most ${maxFutureMs} ms after the batch time ${isoText(batchTime)}, got ${isoText(atMs)}; correct the time, or raise maxFutureMs`,
    { details: { batchTime, atMs, maxFutureMs } },
  );
  // Made inside the engine: the stack names no line of the program.
  delete error.stack;
  return error;
}

/** The record without its time. */
export const recordOf = <T>([, record]: Timed<T>): T => record;

function isoText(atMs: number): string {
  return new Date(atMs).toISOString();
}

function describe(value: unknown): string {
  return typeof value === 'number' ? String(value) : `a value of type ${typeof value}`;
}
