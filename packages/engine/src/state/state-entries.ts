// The newest state of one partition: a map from keys to values, and the same entries in the order in which they were
// last touched, so that idle keys are found without looking at the others. Every touch costs the same, whatever the
// number of keys. States that say when they are due stand in the order of that, too.
//
// A key has a slot, and what is known of it lies at that slot of arrays, not in an object of its own: a touch reads and
// writes few places, which counts when there are so many keys that none of them is at hand, and it leaves nothing behind
// for the collector of garbage. Looking keys up is the dearest part of that; who has many looks them up together, so that
// the ways to main memory overlap, and goes on with their slots.
import { KeyedMap } from '../rdd/keyed-map.ts';
import type { BatchTime } from '@millrace/core';
import { DeadlineHeap } from './deadline-heap.ts';
import type { EarlierStates } from './earlier-states.ts';
import { AccessOrder } from './access-order.ts';

const FIRST_CAPACITY = 64;
/** The value at a slot that no key has. */
const VACANT = Symbol('no key has this slot');

/** The slot of a key that has no state. */
export const NOWHERE = -1;

/** What is known of a key. */
export interface KeyState<S> {
  readonly value: S;
  /** The batch that touched the key last. */
  readonly touchedAt: BatchTime;
}

/** When something has to be done about a state, in milliseconds of any clock; undefined: at no time. */
export type DueAt<S> = (state: S) => number | undefined;

/** Keys with their states. */
export class StateEntries<K, S> {
  /** The map also says in which order keys came; the arrays do not, because slots are given out again. */
  readonly #slots = new KeyedMap<K, number>();
  readonly #keys: (K | undefined)[] = [];
  readonly #values: (S | typeof VACANT)[] = [];
  /** Of each slot the time of the batch that touched it last, and then the number of the version that did. */
  #touches = new Float64Array(2 * FIRST_CAPACITY);
  #version = 0;
  /** What the keys were before this version; undefined: nobody asks. */
  #earlier: EarlierStates<K, S> | undefined;
  /** Slots that can be given out; and those that can be from the next version on, for someone may still know of them. */
  readonly #free: number[] = [];
  #freed: number[] = [];
  readonly #touched = new AccessOrder();
  readonly #dueAt: DueAt<S> | undefined;
  readonly #due = new DeadlineHeap();

  /** `dueAt` must depend on the state alone. Default: no state is ever due. */
  constructor(dueAt?: DueAt<S>) {
    this.#dueAt = dueAt;
  }

  /** How many keys. */
  get size(): number {
    return this.#slots.size;
  }

  /** Begins a version. `earlier` is told what the keys were that it changes; undefined: nobody asks. */
  beginVersion(earlier: EarlierStates<K, S> | undefined): void {
    this.#version += 1;
    this.#earlier = earlier;
    for (const slot of this.#freed) this.#free.push(slot);
    this.#freed = [];
  }

  /** The state of a key; undefined when there is none. */
  get(key: K): KeyState<S> | undefined {
    const slot = this.find(key);
    return slot === NOWHERE ? undefined : this.#stateAt(slot);
  }

  /** The slot of a key, or `NOWHERE`. It is the key's until the next version, unless it is vacant by then. */
  find(key: K): number {
    return this.#slots.get(key) ?? NOWHERE;
  }

  /** Whether the key that had a slot was taken away since. */
  isVacant(slot: number): boolean {
    return this.#values[slot] === VACANT;
  }

  /** The state at a slot that is not vacant. */
  valueAt(slot: number): S {
    return this.#values[slot] as S;
  }

  /**
   * Gives a key a state and makes it one of those touched last. In one version all have to say the same time.
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

  /** Takes a key away; nothing happens when it is not there. */
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

  /** The keys that are due at a time or before, in no order that counts. Costs as much as there are of them. */
  dueUpTo(timeMs: number): K[] {
    return this.#due.upTo(timeMs).map((slot) => this.#keys[slot] as K);
  }

  /** Brings the order of touch in line with the times again, after entries were set out of order. */
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

  /** Twice as long each time, so that growing costs a key the same whatever their number. */
  #grow(): void {
    const longer = new Float64Array(2 * this.#touches.length);
    longer.set(this.#touches);
    this.#touches = longer;
  }
}
