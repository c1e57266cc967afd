// The clock of a receiver under test. The clock counts the receiver's calls and preserves the mark that separates the
// receiver's work from the work of the kit.
import { AsyncResource } from 'node:async_hooks';
import type { Clock, Timer } from '@millrace/core';

/** A clock in front of another clock. */
export class WatchedClock implements Clock {
  readonly #clock: Clock;
  readonly #pending = new Set<object>();
  /** The number of calls scheduled so far. */
  scheduled = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The number of pending calls. */
  get pending(): number {
    return this.#pending.size;
  }

  now(): number {
    return this.#clock.now();
  }

  monotonicMs(): number {
    return this.#clock.monotonicMs();
  }

  schedule(atMs: number, callback: () => void): Timer {
    return this.#watch(callback, (watched) => this.#clock.schedule(atMs, watched));
  }

  after(delayMs: number, callback: () => void): Timer {
    return this.#watch(callback, (watched) => this.#clock.after(delayMs, watched));
  }

  sleepUntil(atMs: number, signal?: AbortSignal): Promise<void> {
    return this.#watchSleep(() => this.#clock.sleepUntil(atMs, signal));
  }

  sleepFor(delayMs: number, signal?: AbortSignal): Promise<void> {
    return this.#watchSleep(() => this.#clock.sleepFor(delayMs, signal));
  }

  #watch(callback: () => void, ask: (watched: () => void) => Timer): Timer {
    const key = {};
    const bound = AsyncResource.bind(callback);
    this.scheduled += 1;
    this.#pending.add(key);
    const timer = ask(() => {
      this.#pending.delete(key);
      bound();
    });
    return {
      cancel: () => {
        this.#pending.delete(key);
        timer.cancel();
      },
    };
  }

  async #watchSleep(sleep: () => Promise<void>): Promise<void> {
    const key = {};
    this.scheduled += 1;
    this.#pending.add(key);
    try {
      await sleep();
    } finally {
      this.#pending.delete(key);
    }
  }
}
