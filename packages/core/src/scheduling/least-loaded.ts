// The executor with the smallest load: a binary heap over a list of loads. Taking the least loaded executor and adding
// one to its load costs log n, which makes placing 10,000 receivers on 1,000 executors cheap. Of equals the first in
// the list is taken, so the same list always produces the same answers.

/** A list of loads with fast access to the smallest. */
export class LeastLoaded {
  readonly #loads: number[];
  readonly #heap: number[];

  /**
   * @param loads The load of each element; changed by `takeLeast`.
   * @param among The participating indexes, in rising order; all by default.
   */
  constructor(loads: number[], among: readonly number[] = loads.map((_, index) => index)) {
    this.#loads = loads;
    this.#heap = [...among];
    for (let position = (this.#heap.length >> 1) - 1; position >= 0; position -= 1) this.#sink(position);
  }

  /** The index with the smallest load, after adding one to that load; undefined without participants. */
  takeLeast(): number | undefined {
    const least = this.#heap[0];
    if (least === undefined) return undefined;
    this.#loads[least] = this.#loadOf(least) + 1;
    this.#sink(0);
    return least;
  }

  #sink(from: number): void {
    const index = this.#heap[from];
    if (index === undefined) return;
    let position = from;
    for (;;) {
      const below = this.#lighterChild(position);
      const child = below === undefined ? undefined : this.#heap[below];
      if (below === undefined || child === undefined || !this.#isLighter(child, index)) break;
      this.#heap[position] = child;
      position = below;
    }
    this.#heap[position] = index;
  }

  #lighterChild(position: number): number | undefined {
    const left = this.#heap[2 * position + 1];
    const right = this.#heap[2 * position + 2];
    if (left === undefined) return undefined;
    return right !== undefined && this.#isLighter(right, left) ? 2 * position + 2 : 2 * position + 1;
  }

  #isLighter(a: number, b: number): boolean {
    const difference = this.#loadOf(a) - this.#loadOf(b);
    return difference < 0 || (difference === 0 && a < b);
  }

  #loadOf(index: number): number {
    return this.#loads[index] ?? 0;
  }
}
