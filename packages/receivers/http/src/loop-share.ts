// How long requests may keep the event loop. Parsing and storing what clients send takes CPU time in proportion to the
// bytes; cut into shares, it lets every other connection, timer and file have a turn in between:
//
//   work ──► share is spent? ──no──► go on
//                 └──yes──► wait in line ──► a later turn of the loop, one share a turn
//
// The share is that of all requests together: a hundred of them side by side keep the loop no longer than one.
import type { Clock } from '@millrace/core';

/** What requests take of one turn of the loop. */
const SHARE_MS = 5;

/** The clock is read once for so many units of work. */
const UNITS_PER_LOOK = 16_384;

/** Shares the event loop among the requests of one receiver. */
export class LoopShare {
  readonly #clock: Pick<Clock, 'after' | 'monotonicMs'>;
  readonly #waiting: (() => void)[] = [];
  #units = 0;
  /** When work began in this turn of the loop; undefined when none did. */
  #sinceMs: number | undefined;

  constructor(clock: Pick<Clock, 'after' | 'monotonicMs'>) {
    this.#clock = clock;
  }

  /** Whether the share of this turn is spent, with so much work done. A unit takes about as long as parsing one byte. */
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

  /** Resolves in a later turn of the loop, when all that waited before had one of their own. */
  next(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push(resolve);
    if (this.#waiting.length === 1) this.#clock.after(0, () => this.#serve());
    return promise;
  }

  #serve(): void {
    this.#waiting.shift()?.();
    this.#sinceMs = undefined;
    // What was served goes on right after this callback; the next one is served in the turn after.
    if (this.#waiting.length > 0) this.#clock.after(0, () => this.#serve());
  }
}
