// The slots of entries in the order in which they were last touched: a list linked both ways, whose links are numbers in
// two long arrays and not fields of the entries. To move an entry to the end changes its neighbours, which may lie
// anywhere: of a million entries that are objects, nearly each would have to come from main memory, whereas eight
// megabytes of links stay near the processor.

const NONE = -1;
const FIRST_CAPACITY = 64;

/** Slots, the one touched longest ago first. Slots are small integers, given out from 0 on. */
export class TouchOrder {
  #older = new Int32Array(FIRST_CAPACITY);
  #newer = new Int32Array(FIRST_CAPACITY);
  #oldest = NONE;
  #newest = NONE;

  /** Puts a slot that is not in the order at its end. */
  append(slot: number): void {
    if (slot >= this.#older.length) this.#grow(slot);
    this.#older[slot] = this.#newest;
    this.#newer[slot] = NONE;
    if (this.#newest === NONE) this.#oldest = slot;
    else this.#newer[this.#newest] = slot;
    this.#newest = slot;
  }

  /** Moves a slot that is in the order to its end. */
  moveToEnd(slot: number): void {
    if (slot === this.#newest) return;
    this.remove(slot);
    this.append(slot);
  }

  /** Takes a slot out that is in the order. */
  remove(slot: number): void {
    const older = this.#older[slot] ?? NONE;
    const newer = this.#newer[slot] ?? NONE;
    if (older === NONE) this.#oldest = newer;
    else this.#newer[older] = newer;
    if (newer === NONE) this.#newest = older;
    else this.#older[newer] = older;
  }

  /** The slots from the one touched longest ago on. Must not be read on when the order has changed. */
  *oldestFirst(): Generator<number> {
    for (let slot = this.#oldest; slot !== NONE; slot = this.#newer[slot] ?? NONE) yield slot;
  }

  /** Takes all slots out. */
  clear(): void {
    this.#oldest = NONE;
    this.#newest = NONE;
  }

  /** Twice as long each time, so that growing costs a slot the same whatever their number. */
  #grow(slot: number): void {
    const capacity = 2 ** Math.ceil(Math.log2(slot + 1));
    this.#older = extended(this.#older, capacity);
    this.#newer = extended(this.#newer, capacity);
  }
}

function extended(links: Int32Array, capacity: number): Int32Array<ArrayBuffer> {
  const longer = new Int32Array(capacity);
  longer.set(links);
  return longer;
}
