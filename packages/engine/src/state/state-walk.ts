// A batch's walk through its records, with the state of each record's key. Keys are looked up some records ahead, many
// in a row with nothing in between. With a million keys, no key is in a cache, so the processor waits for several keys
// at a time and not for each.
import type { BatchTime } from '@millrace/core';
import { NOWHERE, type StateEntries } from './state-entries.ts';

/** The number of keys that are looked up together: the results stay in the nearest cache until used. */
const TOGETHER = 64;

/** The states of the records' keys, one after the other. */
export class StateWalk<K, S> {
  readonly #entries: StateEntries<K, S>;
  readonly #batchTime: BatchTime;
  readonly #records: readonly (readonly [K, unknown])[];
  readonly #slots = new Int32Array(TOGETHER);
  /** The records whose keys were looked up: from the first, up to the last and without it. */
  #from = 0;
  #upTo = 0;
  #key!: K;
  #slot = NOWHERE;

  constructor(
    entries: StateEntries<K, S>,
    batchTime: BatchTime,
    records: readonly (readonly [K, unknown])[],
  ) {
    this.#entries = entries;
    this.#batchTime = batchTime;
    this.#records = records;
  }

  /** Moves to a record. Records are visited in order. */
  moveTo(index: number): void {
    if (index >= this.#upTo) this.#lookUpFrom(index);
    this.#key = (this.#records[index] as readonly [K, unknown])[0];
    const slot = this.#slots[index - this.#from] as number;
    // An earlier record of the same key may have added or removed the key meanwhile.
    const isSure = slot !== NOWHERE && !this.#entries.isVacant(slot);
    this.#slot = isSure ? slot : this.#entries.find(this.#key);
  }

  /** True when the key has a state. */
  get exists(): boolean {
    return this.#slot !== NOWHERE;
  }

  /** The state of the key; undefined when the key has none. */
  get value(): S | undefined {
    return this.exists ? this.#entries.valueAt(this.#slot) : undefined;
  }

  /** Sets the state of the key. */
  set(value: S): void {
    if (this.exists) this.#entries.setAt(this.#slot, this.#key, value, this.#batchTime);
    else this.#entries.set(this.#key, value, this.#batchTime);
  }

  /** Removes the key. */
  delete(): void {
    this.#entries.delete(this.#key);
  }

  #lookUpFrom(index: number): void {
    this.#from = index;
    this.#upTo = Math.min(index + TOGETHER, this.#records.length);
    for (let next = index; next < this.#upTo; next += 1)
      this.#slots[next - index] = this.#entries.find((this.#records[next] as readonly [K, unknown])[0]);
  }
}
