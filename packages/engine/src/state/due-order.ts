// Entries by the time at which something has to be done about them: a heap in which every entry knows its place. So an
// entry is in it once, moves when its time changes, and what is due is found without a look at what is not.
//
//   heap     10        place 0          dueUpTo(20) looks at 10, 15, 40 and 30: what is
//           /  \                        below one that is not due, is not due either
//         15    30     places 1, 2
//        /
//      40              place 3

/** What can be due. Both fields belong to the order. */
export interface Due {
  dueMs: number;
  /** Index in the heap; negative: not due at any time. */
  place: number;
}

/** The place of an entry that is not due at any time. */
export const NEVER_DUE = -1;

/** Entries by due time. A change costs the logarithm of their number. */
export class DueOrder<E extends Due> {
  readonly #heap: E[] = [];

  /** Sets the time of an entry; undefined: it is not due at any time. */
  set(entry: E, dueMs: number | undefined): void {
    if (dueMs === undefined) {
      this.#remove(entry);
      return;
    }
    entry.dueMs = dueMs;
    if (entry.place < 0) {
      entry.place = this.#heap.length;
      this.#heap.push(entry);
    }
    this.#settle(entry);
  }

  /** The entries that are due at a time or before. They stay; the order among them is no one's to rely on. */
  upTo(timeMs: number): E[] {
    const due: E[] = [];
    const open = [0];
    for (let place = open.pop(); place !== undefined; place = open.pop()) {
      const entry = this.#heap[place];
      if (entry === undefined || entry.dueMs > timeMs) continue;
      due.push(entry);
      open.push(2 * place + 1, 2 * place + 2);
    }
    return due;
  }

  #remove(entry: E): void {
    const { place } = entry;
    if (place < 0) return;
    entry.place = NEVER_DUE;
    const last = this.#heap.pop();
    if (last === undefined || last === entry) return;
    this.#put(last, place);
    this.#settle(last);
  }

  /** Moves an entry up, and then down, to where its time belongs. */
  #settle(entry: E): void {
    for (let parent = this.#parentOf(entry); parent !== undefined; parent = this.#parentOf(entry)) {
      if (parent.dueMs <= entry.dueMs) break;
      this.#swap(entry, parent);
    }
    for (let child = this.#earlierChildOf(entry); child !== undefined; child = this.#earlierChildOf(entry)) {
      if (child.dueMs >= entry.dueMs) break;
      this.#swap(entry, child);
    }
  }

  #parentOf({ place }: E): E | undefined {
    return place === 0 ? undefined : this.#heap[(place - 1) >> 1];
  }

  #earlierChildOf({ place }: E): E | undefined {
    const left = this.#heap[2 * place + 1];
    const right = this.#heap[2 * place + 2];
    return left === undefined || right === undefined || left.dueMs <= right.dueMs ? left : right;
  }

  #swap(left: E, right: E): void {
    const { place } = left;
    this.#put(left, right.place);
    this.#put(right, place);
  }

  #put(entry: E, place: number): void {
    entry.place = place;
    this.#heap[place] = entry;
  }
}
