// Decides after each failure of a job, or of the generation of a batch, whether to try again. Failures are counted, up to
// `maxAttempts`. A failure of disposition `back-off` says that something is away for some time, for instance a database
// during its restart, and is bounded by time instead: no number of attempts fits every outage.
import type { Clock } from '@millrace/core';
import { neverHeals, waitsForRecovery } from '../errors/never-heals.ts';
import { retryDelayMs, type BatchOptions } from './batch-options.ts';

/** The attempts at one piece of work. */
export class AttemptLimit {
  readonly #clock: Clock;
  readonly #options: BatchOptions;
  #failures = 0;
  /** The monotonic time of the first failure in the present series of failures of disposition `back-off`. */
  #awaySinceMs: number | undefined;

  constructor(clock: Clock, options: BatchOptions) {
    this.#clock = clock;
    this.#options = options;
  }

  /** Notes the failure of an attempt. Returns the delay before the next attempt; undefined when there is none. */
  delayAfter(error: unknown): number | undefined {
    const { maxAttempts, unavailableMs } = this.#options;
    const nowMs = this.#clock.monotonicMs();
    this.#failures += 1;
    this.#awaySinceMs = waitsForRecovery(error) ? (this.#awaySinceMs ?? nowMs) : undefined;
    if (neverHeals(error)) return undefined;
    const isAway = this.#awaySinceMs !== undefined && nowMs - this.#awaySinceMs < unavailableMs;
    if (!isAway && this.#failures >= maxAttempts) return undefined;
    return retryDelayMs(this.#options, this.#failures - 1);
  }
}
