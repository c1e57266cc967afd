// Event-loop time that requests may take. Parsing and storing records takes CPU time in proportion to the bytes. The work is
// cut into shares, so that other connections, timers and files get a turn in between:
//
//   work ──► share is spent? ──no──► go on
//                 └──yes──► wait in line ──► a later turn of the loop, one share a turn
//
// All requests together get one share a turn: a hundred concurrent requests keep the loop no longer than one request.
import type { Clock } from '@millrace/core';

/** Time that all requests may take in one turn of the loop, in milliseconds. */
const SHARE_MS = 5;

/** Units of work between two reads of the clock. */
const UNITS_PER_LOOK = 16_384;

/** Shares the event loop among the requests of one receiver. */
export class LoopShare {
  readonly #clock: Pick<Clock, 'after' | 'monotonicMs'>;
  readonly #waiting: (() => void)[] = [];
  #units = 0;
  /** Start of the work in this turn of the loop; undefined before any work. */
  #sinceMs: number | undefined;

  constructor(clock: Pick<Clock, 'after' | 'monotonicMs'>) {
    this.#clock = clock;
  }

  /** Adds work and reports whether the share of this turn is spent. A unit takes about as long as parsing one byte. */
  isSpentAfter(units: number): boolean {
    this.#units += units;
    if (this.#units < UNITS_PER_LOOK) return false;
    this.#units = 0;
    const nowMs = this.#clock.monotonicMs();
    if (this.#sinceMs === undefined) {
      this.#sinceMs = nowMs;
      this.#clock.after(0, () => (this.#sinceMs = undefined));
    }
    return this.#waiting.length > 0 || nowMs - this.#sinceMs >= SHARE_MS;
  }

  /** Resolves in a later turn of the loop. Callers get their turns in the order of the calls. */
  next(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push(resolve);
    if (this.#waiting.length === 1) this.#clock.after(0, () => this.#serve());
    return promise;
  }

  #serve(): void {
    this.#waiting.shift()?.();
    this.#sinceMs = undefined;
    // The first caller continues right after this callback, and the next caller in the turn after.
    if (this.#waiting.length > 0) this.#clock.after(0, () => this.#serve());
  }
}
