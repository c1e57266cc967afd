// Those who wait for an executor, in the order in which they are served. A batch of many blocks has a task for each, and
// all but a few wait: so who is served leaves the line at a cost that does not grow with it. An array whose first element
// is taken out moves all others; here they are only moved after every thousand.

/** Whoever has a rank; lower ones are served first. Default 0. */
interface Ranked {
  readonly rank?: number;
}

/** So many that were served may still be in the array. */
const servedAtMost = 1_024;

/** A line by rank; those of one rank in the order in which they joined. */
export class TaskQueue<T extends Ranked> {
  #line: T[] = [];
  /** Where the line begins: what is before it was served. */
  #first = 0;

  /** How many wait. */
  get length(): number {
    return this.#line.length - this.#first;
  }

  /** The one at a place, 0 for the first; undefined behind the last. */
  at(place: number): T | undefined {
    return this.#line[this.#first + place];
  }

  /** Takes a place behind all of its rank and lower ones. */
  join(one: T): void {
    const { rank = 0 } = one;
    const last = this.#line.findLastIndex((other) => (other.rank ?? 0) <= rank);
    this.#line.splice(Math.max(last + 1, this.#first), 0, one);
  }

  /** The one at a place leaves. */
  leave(place: number): void {
    if (place > 0) return void this.#line.splice(this.#first + place, 1);
    this.#first += 1;
    if (this.#first < servedAtMost && this.length > 0) return;
    this.#line.splice(0, this.#first);
    this.#first = 0;
  }

  /** Some leave, wherever they are. */
  leaveAll(gone: ReadonlySet<T>): void {
    this.#line = this.#line.filter((one, index) => index >= this.#first && !gone.has(one));
    this.#first = 0;
  }

  /** All leave. @returns them, in order. */
  clear(): T[] {
    const all = this.#line.slice(this.#first);
    this.#line = [];
    this.#first = 0;
    return all;
  }
}
