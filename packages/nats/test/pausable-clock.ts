// The clock of a process that can be paused: time passes, but no timer runs.
import { type Clock, type ManualClock, type Timer } from '@millrace/core';
import { sleepBy } from '@millrace/core/engine';

/** A clock with a pause. */
export class PausableClock implements Clock {
  readonly #clock: ManualClock;
  #late: (() => void)[] | undefined;

  constructor(clock: ManualClock) {
    this.#clock = clock;
  }

  now(): number {
    return this.#clock.now();
  }

  monotonicMs(): number {
    return this.#clock.monotonicMs();
  }

  schedule(atMs: number, callback: () => void): Timer {
    return this.#clock.schedule(atMs, () => this.#run(callback));
  }

  after(delayMs: number, callback: () => void): Timer {
    return this.#clock.after(delayMs, () => this.#run(callback));
  }

  sleepUntil(atMs: number, signal?: AbortSignal): Promise<void> {
    return sleepBy((at, callback) => this.schedule(at, callback), atMs, signal);
  }

  sleepFor(delayMs: number, signal?: AbortSignal): Promise<void> {
    return sleepBy((delay, callback) => this.after(delay, callback), delayMs, signal);
  }

  /** Pauses; the returned function goes on, with the calls that became due meanwhile. */
  pause(): () => void {
    this.#late = [];
    return () => {
      const late = this.#late ?? [];
      this.#late = undefined;
      for (const callback of late) callback();
    };
  }

  #run(callback: () => void): void {
    if (this.#late === undefined) callback();
    else this.#late.push(callback);
  }
}
