// A binary heap in which every item knows its place: adding, moving and removing an item cost log n for n items, and the
// items before a limit are found without visiting the rest.
//
//   heap     10        place 0          while(≤ 20) visits 10, 15, 40 and 30: an item
//           /  \                        below an item that is not taken is not taken
//         15    30     places 1, 2
//        /
//      40              place 3

/** The order of the items, and the memory of their places. */
export interface HeapItems<T> {
  /** True when `a` has to come before `b`. */
  readonly isBefore: (a: T, b: T) => boolean;
  /** The last remembered place; -1 outside the heap, also for an item that was never added. */
  readonly placeOf: (item: T) => number;
  /** Remembers a place, -1 for an item that leaves the heap. */
  readonly setPlace: (item: T, place: number) => void;
}

/** Items with the foremost on top. An item is in the heap once. */
export class IndexedHeap<T> {
  readonly #heap: T[] = [];
  readonly #items: HeapItems<T>;

  constructor(items: HeapItems<T>) {
    this.#items = items;
  }

  /** The number of items. */
  get size(): number {
    return this.#heap.length;
  }

  /** The foremost item; undefined when there is none. */
  get first(): T | undefined {
    return this.#heap[0];
  }

  /** Adds an item, or moves an item whose order has changed to its place. */
  put(item: T): void {
    const place = this.#items.placeOf(item);
    if (place < 0) {
      this.#heap.push(item);
      this.#rise(item, this.#heap.length - 1);
    } else if (this.#rise(item, place) === place) {
      this.#sink(item, place);
    }
  }

  /** Removes an item. An item outside the heap is not an error. */
  remove(item: T): void {
    const place = this.#items.placeOf(item);
    if (place < 0) return;
    this.#items.setPlace(item, -1);
    const last = this.#heap.pop() as T;
    if (last === item) return;
    // The last item fills the gap and then moves up or down to its place.
    this.#sink(last, this.#rise(last, place));
  }

  /**
   * The items that `takes` accepts, in no particular order; they stay in the heap. Items behind a refused item have to be
   * refused as well.
   */
  while(takes: (item: T) => boolean): T[] {
    const taken: T[] = [];
    const open = [0];
    for (let place = open.pop(); place !== undefined; place = open.pop()) {
      if (place >= this.#heap.length) continue;
      const item = this.#heap[place] as T;
      if (!takes(item)) continue;
      taken.push(item);
      open.push(2 * place + 1, 2 * place + 2);
    }
    return taken;
  }

  /** Moves an item up from a place; returns the new place. */
  #rise(item: T, from: number): number {
    const { isBefore } = this.#items;
    let place = from;
    while (place > 0) {
      const above = (place - 1) >> 1;
      const parent = this.#heap[above] as T;
      if (!isBefore(item, parent)) break;
      this.#store(parent, place);
      place = above;
    }
    this.#store(item, place);
    return place;
  }

  /** Moves an item down from a place. */
  #sink(item: T, from: number): void {
    const { isBefore } = this.#items;
    const length = this.#heap.length;
    let place = from;
    for (let child = 2 * place + 1; child < length; child = 2 * place + 1) {
      const right = child + 1;
      if (right < length && isBefore(this.#heap[right] as T, this.#heap[child] as T)) child = right;
      const below = this.#heap[child] as T;
      if (!isBefore(below, item)) break;
      this.#store(below, place);
      place = child;
    }
    this.#store(item, place);
  }

  #store(item: T, place: number): void {
    this.#heap[place] = item;
    this.#items.setPlace(item, place);
  }
}
