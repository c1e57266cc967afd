// The due time of a record, and the wait until then. Event time is mapped to the time since the start of the replay by
// an origin and a speed; waits last whole ticks, so that a fast replay needs one timer for many records.
import type { Clock } from '@millrace/core';

/** Event-time milliseconds per wall millisecond, or `'max'`: without any wait. */
export type ReplaySpeed = number | 'max';

/**
 * Milliseconds from the start of the replay until a record is due. 0 or less means at once: at full speed, and for a
 * record older than the origin.
 */
export function dueAfterMs(
  eventMs: number,
  options: { readonly originMs: number; readonly speed: ReplaySpeed },
): number {
  return options.speed === 'max' ? 0 : (eventMs - options.originMs) / options.speed;
}

/** Measures the time since its creation and waits for later moments. */
export class ReplayTimer {
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  readonly #tickMs: number;
  readonly #startedMs: number;
  /** The time since the start at the last reading of the clock: the clock is read for waits, not for each record. */
  #elapsedMs = 0;

  constructor(options: { readonly clock: Clock; readonly signal: AbortSignal; readonly tickMs: number }) {
    this.#clock = options.clock;
    this.#signal = options.signal;
    this.#tickMs = options.tickMs;
    this.#startedMs = options.clock.monotonicMs();
  }

  /** True when the moment has come, as far as known without reading the clock. */
  hasCome(afterMs: number): boolean {
    return afterMs <= this.#elapsedMs;
  }

  /** The time until the moment; 0 or less: the moment has come. Reads the clock. */
  msUntil(afterMs: number): number {
    return afterMs - (this.#clock.monotonicMs() - this.#startedMs);
  }

  /**
   * Waits for a moment. The wait lasts at least one tick, even for a nearer moment, so records due meanwhile are late
   * by up to a tick and need no timers of their own. Durations are monotonic: setting the machine's clock has no
   * effect.
   *
   * @throws the signal's reason after an abort.
   */
  async until(afterMs: number): Promise<void> {
    for (;;) {
      this.#elapsedMs = this.#clock.monotonicMs() - this.#startedMs;
      // A fraction of a millisecond must not cost another tick.
      if (afterMs - this.#elapsedMs < 1) break;
      const waitMs = Math.ceil(Math.max(afterMs - this.#elapsedMs, this.#tickMs));
      await this.#clock.sleepFor(waitMs, this.#signal);
    }
    this.#elapsedMs = Math.max(this.#elapsedMs, afterMs);
  }
}
