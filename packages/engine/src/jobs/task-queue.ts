// The queue of tasks that wait for an executor, in the order of service. A batch of many blocks has a task for each
// block, and nearly all of them wait, so removing the served task must cost the same at any length. Taking the
// first element out of an array moves all others; here the others are moved only once in a thousand removals.

/** An entry with a rank; lower ranks are served first. Default 0. */
interface Ranked {
  readonly rank?: number;
}

/** Largest number of served entries that may remain in the array. */
const servedAtMost = 1_024;

/** A queue by rank; entries of one rank in the order of joining. */
export class TaskQueue<T extends Ranked> {
  #line: T[] = [];
  /** Start of the queue: entries before this index were served. */
  #first = 0;

  /** Number of waiting entries. */
  get length(): number {
    return this.#line.length - this.#first;
  }

  /** The entry at a place, 0 for the first; undefined behind the last. */
  at(place: number): T | undefined {
    return this.#line[this.#first + place];
  }

  /** Adds an entry behind all entries of its rank and lower ranks. */
  join(one: T): void {
    const { rank = 0 } = one;
    const last = this.#line.findLastIndex((other) => (other.rank ?? 0) <= rank);
    this.#line.splice(Math.max(last + 1, this.#first), 0, one);
  }

  /** Removes the entry at a place. */
  leave(place: number): void {
    if (place > 0) return void this.#line.splice(this.#first + place, 1);
    this.#first += 1;
    if (this.#first < servedAtMost && this.length > 0) return;
    this.#line.splice(0, this.#first);
    this.#first = 0;
  }

  /** Removes entries, at any place. */
  leaveAll(gone: ReadonlySet<T>): void {
    this.#line = this.#line.filter((one, index) => index >= this.#first && !gone.has(one));
    this.#first = 0;
  }

  /** Removes all entries. @returns the entries, in order. */
  clear(): T[] {
    const all = this.#line.slice(this.#first);
    this.#line = [];
    this.#first = 0;
    return all;
  }
}
