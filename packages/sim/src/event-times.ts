// The event times of records of simulated sources. An event time follows from the record and its stream alone, so the
// program and the checkers agree, independent of the reader and the number of reads.
import type { StreamPlan } from './plan.ts';

/** The maximum disorder of neighbouring records, in ms. */
const DISORDER_MS = 200;

/**
 * The event time of a record, in ms: about its production time, slightly out of order. A few records are much older,
 * like those of a device that was offline.
 */
export function eventTimeOf(number: number, { recordsPerSecond }: StreamPlan): number {
  const inOrderMs = Math.floor((number * 1_000) / Math.max(50, recordsPerSecond));
  const disorderMs = (number * 37) % DISORDER_MS;
  if (number % 41 === 7) return inOrderMs - 4_000;
  if (number % 13 === 5) return inOrderMs - 1_000 - disorderMs;
  return inOrderMs - disorderMs;
}

/** Tells whether a record only reports the progress of its source: such a record moves the watermark and is in no window. */
export function isHeartbeat(number: number): boolean {
  return number % 11 === 3;
}
