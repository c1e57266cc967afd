// When the records of simulated sources happened. It follows from a record and its stream alone, so the program and
// those who check it say the same, whoever reads the record and how often.
import type { StreamPlan } from './plan.ts';

/** How much younger than its neighbours a record may be at most, in ms. */
const DISORDER_MS = 200;

/**
 * The event time of a record, in ms: about when its source produced it, somewhat out of order. A few are much older, as
 * of somebody who was out of reach.
 */
export function eventTimeOf(number: number, { recordsPerSecond }: StreamPlan): number {
  const inOrderMs = Math.floor((number * 1_000) / Math.max(50, recordsPerSecond));
  const disorderMs = (number * 37) % DISORDER_MS;
  if (number % 41 === 7) return inOrderMs - 4_000;
  if (number % 13 === 5) return inOrderMs - 1_000 - disorderMs;
  return inOrderMs - disorderMs;
}

/** Whether a record only says how far its source is: it moves the watermark and is in no window. */
export function isHeartbeat(number: number): boolean {
  return number % 11 === 3;
}
