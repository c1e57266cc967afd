// A target of the clock kit with a clock that is moved by hand.
import type { ManualClock } from '@millrace/core';
import type { ClockTarget } from '../src/conformance/clock/clock-target.ts';

/** A target with this clock. */
export function manualClockTarget(clock: ManualClock): ClockTarget {
  return {
    clock,
    pass: (ms) => clock.advance(ms),
    setWallTime: (ms) => clock.setWallTime(ms),
    passExpectingError: (ms) =>
      clock.advance(ms).then(
        () => undefined,
        (error: unknown) => error,
      ),
  };
}
