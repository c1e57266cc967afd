// The slots of entries in the order of their last touch: a doubly linked list, whose links are numbers in one long
// array and not fields of the entries. Moving an entry to the end changes its neighbours, which may lie anywhere in
// memory. A touch is therefore only noted. The moves are made together when the order is read or the buffer is full:
// with many moves in a row and nothing in between, their accesses to main memory overlap.

/** Stands for an absent slot. */
const NONE = -1;
/** The older neighbour of a slot that is not in the order. */
const OUTSIDE = -2;
const FIRST_CAPACITY = 64;
/** The most noted touches: the links of so many stay near the processor. */
const NOTED_AT_MOST = 1_024;

/** Slots, the slot with the oldest touch first. Slots are small integers, given out from 0 on. */
export class AccessOrder {
  /** For each slot its older neighbour and then its newer neighbour. */
  #links: Int32Array = new Int32Array(2 * FIRST_CAPACITY).fill(OUTSIDE);
  #oldest = NONE;
  #newest = NONE;
  /** Touches since then, in this order, and not moved yet. */
  readonly #noted = new Int32Array(NOTED_AT_MOST);
  #notedCount = 0;

  /** Moves a slot to the end of the order, or adds the slot there. */
  touch(slot: number): void {
    if (this.#notedCount === NOTED_AT_MOST) this.#moveNoted();
    this.#noted[this.#notedCount] = slot;
    this.#notedCount += 1;
  }

  /** Removes a slot that is in the order. */
  remove(slot: number): void {
    this.#moveNoted();
    this.#unlink(slot);
    this.#links[2 * slot] = OUTSIDE;
  }

  /** The slots from the oldest touch on. Must not be read on after the order has changed. */
  *oldestFirst(): Generator<number> {
    this.#moveNoted();
    for (let slot = this.#oldest; slot !== NONE; slot = this.#newerThan(slot)) yield slot;
  }

  /** Removes all slots. */
  clear(): void {
    this.#notedCount = 0;
    this.#links.fill(OUTSIDE);
    this.#oldest = NONE;
    this.#newest = NONE;
  }

  #moveNoted(): void {
    for (let index = 0; index < this.#notedCount; index += 1) this.#moveToEnd(this.#noted[index] as number);
    this.#notedCount = 0;
  }

  #moveToEnd(slot: number): void {
    if (slot === this.#newest) return;
    if (2 * slot >= this.#links.length) this.#grow(slot);
    if (this.#olderThan(slot) !== OUTSIDE) this.#unlink(slot);
    this.#links[2 * slot] = this.#newest;
    this.#links[2 * slot + 1] = NONE;
    if (this.#newest === NONE) this.#oldest = slot;
    else this.#links[2 * this.#newest + 1] = slot;
    this.#newest = slot;
  }

  #unlink(slot: number): void {
    const older = this.#olderThan(slot);
    const newer = this.#newerThan(slot);
    if (older === NONE) this.#oldest = newer;
    else this.#links[2 * older + 1] = newer;
    if (newer === NONE) this.#newest = older;
    else this.#links[2 * newer] = older;
  }

  #olderThan(slot: number): number {
    return this.#links[2 * slot] as number;
  }

  #newerThan(slot: number): number {
    return this.#links[2 * slot + 1] as number;
  }

  /** Doubles the capacity, so that growing costs each slot the same, for any number of slots. */
  #grow(slot: number): void {
    const capacity = 2 ** Math.ceil(Math.log2(slot + 1));
    const longer = new Int32Array(2 * capacity).fill(OUTSIDE);
    longer.set(this.#links);
    this.#links = longer;
  }
}
