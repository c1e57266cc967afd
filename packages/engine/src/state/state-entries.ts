// The newest state of one partition: a map from keys to values, and the same entries in the order of their last touch,
// so that idle keys are found without a scan. Every touch costs the same, whatever the number of keys. States with a
// due time are also ordered by that time.
//
// A key has a slot, and the data of a key lies at that slot of arrays, not in an object per key. A touch reads and
// writes few places, which counts when there are too many keys for any cache, and leaves no work for the garbage
// collector. Looking keys up is the most expensive part. A caller with many keys looks the keys up together, so that
// the accesses to main memory overlap, and continues with their slots.
import { KeyedMap } from '../rdd/keyed-map.ts';
import type { BatchTime } from '@millrace/core';
import { DeadlineHeap } from './deadline-heap.ts';
import type { EarlierStates } from './earlier-states.ts';
import { AccessOrder } from './access-order.ts';
import type { KeyState } from './key-state.ts';

const FIRST_CAPACITY = 64;
/** The value at a slot without a key. */
const VACANT = Symbol('no key has this slot');

/** The slot of a key without a state. */
export const NOWHERE = -1;

/** The time at which a state is due, in milliseconds of any clock; undefined when the state is never due. */
export type DueAt<S> = (state: S) => number | undefined;

/** Keys with their states. */
export class StateEntries<K, S> {
  /** The map also holds the order in which keys came; the arrays do not, because slots are reused. */
  readonly #slots = new KeyedMap<K, number>();
  readonly #keys: (K | undefined)[] = [];
  readonly #values: (S | typeof VACANT)[] = [];
  /** For each slot the time of the batch that touched the slot last, and then the number of that version. */
  #touches = new Float64Array(2 * FIRST_CAPACITY);
  #version = 0;
  /** The keys' states before this version; undefined when no reader needs earlier states. */
  #earlier: EarlierStates<K, S> | undefined;
  /** Free slots; and slots that become free with the next version, because a walk may still hold such a slot. */
  readonly #free: number[] = [];
  #freed: number[] = [];
  readonly #touched = new AccessOrder();
  readonly #dueAt: DueAt<S> | undefined;
  readonly #due = new DeadlineHeap();

  /** `dueAt` must depend on the state alone. Default: no state is ever due. */
  constructor(dueAt?: DueAt<S>) {
    this.#dueAt = dueAt;
  }

  /** The number of keys. */
  get size(): number {
    return this.#slots.size;
  }

  /**
   * Begins a version. `earlier` notes the former states of changed keys; undefined when no reader needs earlier states.
   */
  beginVersion(earlier: EarlierStates<K, S> | undefined): void {
    this.#version += 1;
    this.#earlier = earlier;
    for (const slot of this.#freed) this.#free.push(slot);
    this.#freed = [];
  }

  /** The state of a key; undefined when the key has none. */
  get(key: K): KeyState<S> | undefined {
    const slot = this.find(key);
    return slot === NOWHERE ? undefined : this.#stateAt(slot);
  }

  /** The slot of a key, or `NOWHERE`. The slot belongs to the key until the next version, unless vacant by then. */
  find(key: K): number {
    return this.#slots.get(key) ?? NOWHERE;
  }

  /** True when the key of the slot was removed since. */
  isVacant(slot: number): boolean {
    return this.#values[slot] === VACANT;
  }

  /** The state at a slot that is not vacant. */
  valueAt(slot: number): S {
    return this.#values[slot] as S;
  }

  /**
   * Sets the state of a key and moves the key to the end of the order of touch. All calls of one version have to pass
   * the same time.
   *
   * @throws `MR_RDD_UNSUPPORTED_KEY`.
   */
  set(key: K, value: S, touchedAt: BatchTime): void {
    const slot = this.find(key);
    if (slot === NOWHERE) this.#add(key, value, touchedAt);
    else this.setAt(slot, key, value, touchedAt);
  }

  /** As `set`, for a key whose slot is known and not vacant. */
  setAt(slot: number, key: K, value: S, touchedAt: BatchTime): void {
    if (this.#touchedIn(slot) !== this.#version) {
      this.#earlier?.note(key, this.valueAt(slot), this.#touchedAt(slot));
      this.#noteTouch(slot, touchedAt);
    }
    this.#values[slot] = value;
    this.#setDue(slot, value);
  }

  /** Removes a key; does nothing for an absent key. */
  delete(key: K): void {
    const slot = this.find(key);
    if (slot === NOWHERE) return;
    if (this.#touchedIn(slot) !== this.#version)
      this.#earlier?.note(key, this.valueAt(slot), this.#touchedAt(slot));
    this.#slots.delete(key);
    this.#keys[slot] = undefined;
    this.#values[slot] = VACANT;
    this.#touched.remove(slot);
    this.#due.set(slot, undefined);
    this.#freed.push(slot);
  }

  /** Keys and states, in the order in which keys came. May be read on while entries change. */
  *inOrderOfKeys(): Generator<[K, KeyState<S>]> {
    for (const [key, slot] of this.#slots) yield [key, this.#stateAt(slot)];
  }

  /** The keys that were last touched before a time, the longest idle first. */
  idleSince(time: BatchTime): K[] {
    const keys: K[] = [];
    for (const slot of this.#touched.oldestFirst()) {
      if (this.#touchedAt(slot) >= time) break;
      keys.push(this.#keys[slot] as K);
    }
    return keys;
  }

  /** The keys that are due at a time or before, in unspecified order. The cost grows with their number. */
  dueUpTo(timeMs: number): K[] {
    return this.#due.upTo(timeMs).map((slot) => this.#keys[slot] as K);
  }

  /** Sorts the order of touch by time again, after entries were set out of order. */
  sortByTouch(): void {
    const slots = [...this.#slots.values()].sort((a, b) => this.#touchedAt(a) - this.#touchedAt(b));
    this.#touched.clear();
    for (const slot of slots) this.#touched.touch(slot);
  }

  #stateAt(slot: number): KeyState<S> {
    return { value: this.valueAt(slot), touchedAt: this.#touchedAt(slot) };
  }

  #add(key: K, value: S, touchedAt: BatchTime): void {
    const slot = this.#free.pop() ?? this.#values.length;
    this.#slots.set(key, slot);
    this.#keys[slot] = key;
    this.#values[slot] = value;
    if (2 * slot >= this.#touches.length) this.#grow();
    this.#earlier?.noteAbsent(key);
    this.#noteTouch(slot, touchedAt);
    this.#setDue(slot, value);
  }

  #touchedAt(slot: number): BatchTime {
    return this.#touches[2 * slot] as BatchTime;
  }

  #touchedIn(slot: number): number {
    return this.#touches[2 * slot + 1] as number;
  }

  #noteTouch(slot: number, touchedAt: BatchTime): void {
    this.#touches[2 * slot] = touchedAt;
    this.#touches[2 * slot + 1] = this.#version;
    this.#touched.touch(slot);
  }

  #setDue(slot: number, value: S): void {
    if (this.#dueAt !== undefined) this.#due.set(slot, this.#dueAt(value));
  }

  /** Doubles the capacity, so that growing costs each key the same, for any number of keys. */
  #grow(): void {
    const longer = new Float64Array(2 * this.#touches.length);
    longer.set(this.#touches);
    this.#touches = longer;
  }
}
