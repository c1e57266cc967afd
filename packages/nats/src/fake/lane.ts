// One direction of one connection of the fake: messages arrive in order, whatever their delays.
import type { Clock } from '@millrace/core';

/** Carries messages in order. */
export class Lane {
  readonly #clock: Clock;
  #dueMs = Number.NEGATIVE_INFINITY;
  /** Messages on a timer, which nothing may overtake. */
  #onTimers = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Calls `arrive` after the delay, and behind every earlier message. Without delay: in a later microtask. */
  carry(delayMs: number, arrive: () => void): void {
    const nowMs = this.#clock.monotonicMs();
    this.#dueMs = Math.max(nowMs + delayMs, this.#dueMs);
    const waitMs = this.#dueMs - nowMs;
    if (waitMs <= 0 && this.#onTimers === 0) {
      queueMicrotask(arrive);
      return;
    }
    this.#onTimers += 1;
    this.#clock.after(waitMs, () => {
      this.#onTimers -= 1;
      arrive();
    });
  }
}
