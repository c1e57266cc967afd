// Rule: the thread of the driver is blocked again and again.
import type { VerdictRule } from '../rule.ts';

const LATE_MS = 100;
/** A finding holds until the delay is below. */
const STILL_LATE_MS = 50;

/** Fires when the middle of the newest p95 of the loop delay is 100 ms or more. */
export const driverLate: VerdictRule = {
  name: 'driver-late',
  level: 'warning',
  judge: ({ loopDelayMs, state }, sinceMs) => {
    if (loopDelayMs === undefined || state === 'stopped') return undefined;
    return loopDelayMs >= (sinceMs === undefined ? LATE_MS : STILL_LATE_MS)
      ? `The driver is late by ${Math.round(loopDelayMs)} ms (p95): something blocks its thread.`
      : undefined;
  },
};
