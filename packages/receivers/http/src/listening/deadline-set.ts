// A set of members with one common lifetime. The oldest member is due first, so one timer serves all.
import type { Clock, Timer } from '@millrace/core';

/** Parts of a `DeadlineSet`. */
export interface DeadlineSetDeps<T> {
  readonly clock: Clock;
  /** Lifetime of each member, in milliseconds. */
  readonly lastsMs: number;
  /** Called when the lifetime of a member is over. The member has left the set by then. */
  readonly onDue: (item: T) => void;
}

/** A set whose members leave at the end of their lifetime. */
export class DeadlineSet<T> implements Iterable<T> {
  readonly #deps: DeadlineSetDeps<T>;
  /** Due time of each member on the monotonic clock, the oldest first. */
  readonly #dueMs = new Map<T, number>();
  #timer: Timer | undefined;

  constructor(deps: DeadlineSetDeps<T>) {
    this.#deps = deps;
  }

  /** Adds a member. Its lifetime begins now, also for a member that is added again. */
  add(item: T): void {
    const { clock, lastsMs } = this.#deps;
    this.#dueMs.delete(item);
    this.#dueMs.set(item, clock.monotonicMs() + lastsMs);
    this.#timer ??= clock.after(lastsMs, () => this.#look());
  }

  /** Removes a member. The timer ends with the last member. */
  delete(item: T): void {
    this.#dueMs.delete(item);
    if (this.#dueMs.size > 0) return;
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  /** The members, the oldest first. */
  [Symbol.iterator](): Iterator<T> {
    return this.#dueMs.keys();
  }

  #look(): void {
    const { clock, onDue } = this.#deps;
    this.#timer = undefined;
    const nowMs = clock.monotonicMs();
    for (const [item, dueMs] of this.#dueMs) {
      if (dueMs > nowMs) {
        this.#timer = clock.after(dueMs - nowMs, () => this.#look());
        return;
      }
      this.#dueMs.delete(item);
      onDue(item);
    }
  }
}
