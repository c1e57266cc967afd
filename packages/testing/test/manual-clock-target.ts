// A clock that is moved by hand, as the kit of clocks wants it.
import type { ManualClock } from '@millrace/core';
import type { ClockTarget } from '../src/conformance/clock/clock-conformance.ts';

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
