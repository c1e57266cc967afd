// Entries by due time: a heap in which every entry knows its place. An entry is in the heap once, moves when its time
// changes, and due entries are found without visiting the rest. Entries are slots: small integers, given out from 0 on.
//
//   heap     10        place 0          upTo(20) visits 10, 15, 40 and 30: an entry
//           /  \                        below an entry that is not due is not due
//         15    30     places 1, 2
//        /
//      40              place 3

const NEVER_DUE = -1;

/** Slots by due time. A change costs the logarithm of their number. */
export class DeadlineHeap {
  readonly #heap: number[] = [];
  readonly #dueMs: number[] = [];
  /** Index in the heap, by slot. */
  readonly #places: number[] = [];

  /** Sets the time of a slot; undefined when the slot is never due. */
  set(slot: number, dueMs: number | undefined): void {
    if (dueMs === undefined) {
      this.#remove(slot);
      return;
    }
    this.#dueMs[slot] = dueMs;
    if (this.#placeOf(slot) === NEVER_DUE) {
      this.#places[slot] = this.#heap.length;
      this.#heap.push(slot);
    }
    this.#sift(slot);
  }

  /** The slots that are due at a time or before. The slots stay in the heap; their order is unspecified. */
  upTo(timeMs: number): number[] {
    const due: number[] = [];
    const open = [0];
    for (let place = open.pop(); place !== undefined; place = open.pop()) {
      const slot = this.#heap[place];
      if (slot === undefined || this.#dueOf(slot) > timeMs) continue;
      due.push(slot);
      open.push(2 * place + 1, 2 * place + 2);
    }
    return due;
  }

  #remove(slot: number): void {
    const place = this.#placeOf(slot);
    if (place === NEVER_DUE) return;
    this.#places[slot] = NEVER_DUE;
    const last = this.#heap.pop();
    if (last === undefined || last === slot) return;
    this.#put(last, place);
    this.#sift(last);
  }

  /** Moves a slot up, and then down, to the place of its time. */
  #sift(slot: number): void {
    const dueMs = this.#dueOf(slot);
    for (let parent = this.#parentOf(slot); parent !== undefined; parent = this.#parentOf(slot)) {
      if (this.#dueOf(parent) <= dueMs) break;
      this.#swap(slot, parent);
    }
    for (let child = this.#earlierChildOf(slot); child !== undefined; child = this.#earlierChildOf(slot)) {
      if (this.#dueOf(child) >= dueMs) break;
      this.#swap(slot, child);
    }
  }

  #parentOf(slot: number): number | undefined {
    const place = this.#placeOf(slot);
    return place === 0 ? undefined : this.#heap[(place - 1) >> 1];
  }

  #earlierChildOf(slot: number): number | undefined {
    const place = this.#placeOf(slot);
    const left = this.#heap[2 * place + 1];
    const right = this.#heap[2 * place + 2];
    return left === undefined || right === undefined || this.#dueOf(left) <= this.#dueOf(right)
      ? left
      : right;
  }

  #swap(left: number, right: number): void {
    const place = this.#placeOf(left);
    this.#put(left, this.#placeOf(right));
    this.#put(right, place);
  }

  #put(slot: number, place: number): void {
    this.#places[slot] = place;
    this.#heap[place] = slot;
  }

  #placeOf(slot: number): number {
    return this.#places[slot] ?? NEVER_DUE;
  }

  #dueOf(slot: number): number {
    return this.#dueMs[slot] ?? Number.POSITIVE_INFINITY;
  }
}
