// The slots of entries in the order in which they were last touched: a list linked both ways, whose links are numbers in
// one long array and not fields of the entries. To move an entry to the end changes its neighbours, which may lie
// anywhere. So a touch is only noted, and the moves are made together when the order is asked for or there are many of
// them: one after the other, with nothing else between them, their ways to main memory overlap.

/** Stands in for a slot where there is none. */
const NONE = -1;
/** The older neighbour of a slot that is not in the order. */
const OUTSIDE = -2;
const FIRST_CAPACITY = 64;
/** So many touches are noted at most: those whose links stay near the processor. */
const NOTED_AT_MOST = 1_024;

/** Slots, the one touched longest ago first. Slots are small integers, given out from 0 on. */
export class AccessOrder {
  /** Of each slot its older neighbour and then its newer one. */
  #links: Int32Array = new Int32Array(2 * FIRST_CAPACITY).fill(OUTSIDE);
  #oldest = NONE;
  #newest = NONE;
  /** Touched since, in this order, and not moved yet. */
  readonly #noted = new Int32Array(NOTED_AT_MOST);
  #notedCount = 0;

  /** Moves a slot to the end of the order, or puts it there. */
  touch(slot: number): void {
    if (this.#notedCount === NOTED_AT_MOST) this.#moveNoted();
    this.#noted[this.#notedCount] = slot;
    this.#notedCount += 1;
  }

  /** Takes a slot out that is in the order. */
  remove(slot: number): void {
    this.#moveNoted();
    this.#unlink(slot);
    this.#links[2 * slot] = OUTSIDE;
  }

  /** The slots from the one touched longest ago on. Must not be read on when the order has changed. */
  *oldestFirst(): Generator<number> {
    this.#moveNoted();
    for (let slot = this.#oldest; slot !== NONE; slot = this.#newerThan(slot)) yield slot;
  }

  /** Takes all slots out. */
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

  /** Twice as long each time, so that growing costs a slot the same whatever their number. */
  #grow(slot: number): void {
    const capacity = 2 ** Math.ceil(Math.log2(slot + 1));
    const longer = new Int32Array(2 * capacity).fill(OUTSIDE);
    longer.set(this.#links);
    this.#links = longer;
  }
}
