// Entries by due time: an entry is in the heap once, moves when its time changes, and due entries are found without visiting
// the rest. Entries are slots: small integers, given out from 0 on.
import { IndexedHeap } from '@millrace/core/engine';

const NEVER_DUE = -1;

/** Slots by due time. A change costs the logarithm of their number. */
export class DeadlineHeap {
  readonly #dueMs: number[] = [];
  /** Place in the heap, by slot. */
  readonly #places: number[] = [];
  readonly #heap = new IndexedHeap<number>({
    isBefore: (a, b) => this.#dueOf(a) < this.#dueOf(b),
    placeOf: (slot) => this.#places[slot] ?? NEVER_DUE,
    setPlace: (slot, place) => {
      this.#places[slot] = place;
    },
  });

  /** Sets the time of a slot; undefined when the slot is never due. */
  set(slot: number, dueMs: number | undefined): void {
    if (dueMs === undefined) {
      this.#heap.remove(slot);
      return;
    }
    this.#dueMs[slot] = dueMs;
    this.#heap.put(slot);
  }

  /** The slots that are due at a time or before. The slots stay in the heap; their order is unspecified. */
  upTo(timeMs: number): number[] {
    return this.#heap.while((slot) => this.#dueOf(slot) <= timeMs);
  }

  #dueOf(slot: number): number {
    return this.#dueMs[slot] ?? Number.POSITIVE_INFINITY;
  }
}
