// Things that may last for one length of time. All last equally long, so the oldest is due first and one timer is enough.
import type { Clock, Timer } from '@millrace/core';

/** What a `DeadlineSet` takes. */
export interface DeadlineSetParts<T> {
  readonly clock: Clock;
  /** How long each may last, in milliseconds. */
  readonly lastsMs: number;
  /** Called when the time of one is over; it is out of the set by then. */
  readonly onDue: (item: T) => void;
}

/** A set whose members leave when their time is over. */
export class DeadlineSet<T> implements Iterable<T> {
  readonly #parts: DeadlineSetParts<T>;
  /** When each is due, on the monotonic clock; the oldest first. */
  readonly #dueMs = new Map<T, number>();
  #timer: Timer | undefined;

  constructor(parts: DeadlineSetParts<T>) {
    this.#parts = parts;
  }

  /** Adds a member; its time begins now. */
  add(item: T): void {
    const { clock, lastsMs } = this.#parts;
    this.#dueMs.delete(item);
    this.#dueMs.set(item, clock.monotonicMs() + lastsMs);
    this.#timer ??= clock.after(lastsMs, () => this.#look());
  }

  /** Takes a member out. Without members there is no timer. */
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
    const { clock, onDue } = this.#parts;
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
