// When a record's time has come, and how to wait for it. Event time is mapped to the time since the start of the
// replay by an origin and a speed; waiting is done in ticks, so that a fast replay needs one timer for many records.
import type { Clock } from '@millrace/core';

/** Event-time milliseconds per wall millisecond, or `'max'`: nothing waits for its time. */
export type ReplaySpeed = number | 'max';

/**
 * Milliseconds from the start of the replay until a record is due. 0 or less means at once: at full speed, and for a
 * record older than the origin. Nothing ever waits backwards.
 */
export function dueAfterMs(
  eventMs: number,
  options: { readonly originMs: number; readonly speed: ReplaySpeed },
): number {
  return options.speed === 'max' ? 0 : (eventMs - options.originMs) / options.speed;
}

/** Measures the time since its making and waits for moments after it. */
export class ReplayTimer {
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  readonly #tickMs: number;
  readonly #startedMs: number;
  /** The time since the start when it was last looked at: the clock is read when waiting, not for each record. */
  #elapsedMs = 0;

  constructor(options: { readonly clock: Clock; readonly signal: AbortSignal; readonly tickMs: number }) {
    this.#clock = options.clock;
    this.#signal = options.signal;
    this.#tickMs = options.tickMs;
    this.#startedMs = options.clock.monotonicMs();
  }

  /** Whether that moment has come, as far as is known without reading the clock. */
  hasCome(afterMs: number): boolean {
    return afterMs <= this.#elapsedMs;
  }

  /** How long it is until that moment; 0 or less: it has come. Reads the clock. */
  msUntil(afterMs: number): number {
    return afterMs - (this.#clock.monotonicMs() - this.#startedMs);
  }

  /**
   * Waits for a moment. It waits at least one tick, even for a nearer one, so what is due meanwhile is late by up to
   * a tick and needs no timer of its own. Durations are monotonic: setting the machine's clock moves nothing.
   *
   * @throws the signal's reason when it is aborted.
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
