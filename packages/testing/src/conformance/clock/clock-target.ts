// The clock that the kit checks. The target decides how time passes: by hand for a clock that can be moved, otherwise by
// waiting. Times in this kit are therefore short.
import type { Clock } from '@millrace/core';
import type { TargetSubject, TargetTrial } from '../kit/with-target.ts';

/** A clock for one check. */
export interface ClockTarget {
  readonly clock: Clock;
  /** Lets this much time of the clock pass, including all effects of the passing time. */
  pass(ms: number): Promise<void>;
  /** Sets wall time, forward or back; no monotonic time passes. */
  setWallTime?(ms: number): Promise<void>;
  /** Lets time pass while a callback throws; resolves with the thrown error. */
  passExpectingError?(ms: number): Promise<unknown>;
  dispose?(): void | Promise<void>;
}

/** The claims of a clock. */
export interface ClockCapabilities {
  /** The maximum delay of a call, in ms: 0 for a clock that is moved by hand. */
  readonly lateMsMax: number;
}

/** The subject of the kit. */
export type ClockSubject = TargetSubject<ClockTarget, ClockCapabilities>;
/** The input of each check. */
export type ClockTrial = TargetTrial<ClockTarget, ClockCapabilities>;
