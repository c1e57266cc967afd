// The newest state of one partition: a map from keys to values, and the same entries in the order in which they were
// last touched, so that idle keys are found without looking at the others. Every touch costs the same, whatever the
// number of keys. States that say when they are due stand in the order of that, too.
//
// A key has a slot, and all that is known of it lies at that slot of arrays: a touch reads and writes few places, which
// counts when there are so many keys that none of them is at hand.
import { KeyedMap } from '../rdd/keyed-map.ts';
import type { BatchTime } from '@millrace/core';
import { DueOrder } from './due-order.ts';
import { TouchOrder } from './touch-order.ts';

/** What is known of a key. Never changed after it was made: versions share it. */
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
  readonly #states: (KeyState<S> | undefined)[] = [];
  readonly #free: number[] = [];
  readonly #touched = new TouchOrder();
  readonly #dueAt: DueAt<S> | undefined;
  readonly #due = new DueOrder();

  /** `dueAt` must depend on the state alone. Default: no state is ever due. */
  constructor(dueAt?: DueAt<S>) {
    this.#dueAt = dueAt;
  }

  /** How many keys. */
  get size(): number {
    return this.#slots.size;
  }

  /** The state of a key; undefined when there is none. */
  get(key: K): KeyState<S> | undefined {
    const slot = this.#slots.get(key);
    return slot === undefined ? undefined : this.#states[slot];
  }

  /**
   * Gives a key a state and makes it the one touched last.
   *
   * @returns the state it had; undefined: none.
   * @throws `MR_RDD_UNSUPPORTED_KEY`.
   */
  set(key: K, state: KeyState<S>): KeyState<S> | undefined {
    const slot = this.#slots.get(key);
    if (slot === undefined) {
      this.#add(key, state);
      return undefined;
    }
    const before = this.#states[slot];
    this.#states[slot] = state;
    this.#touched.moveToEnd(slot);
    this.#setDue(slot, state);
    return before;
  }

  /** Takes a key away. @returns the state it had; undefined: none, and nothing happens. */
  delete(key: K): KeyState<S> | undefined {
    const slot = this.#slots.get(key);
    if (slot === undefined) return undefined;
    const before = this.#states[slot];
    this.#slots.delete(key);
    this.#keys[slot] = undefined;
    this.#states[slot] = undefined;
    this.#touched.remove(slot);
    this.#due.set(slot, undefined);
    this.#free.push(slot);
    return before;
  }

  /** Keys and states, in the order in which keys came. May be read on while entries change. */
  *inOrderOfKeys(): Generator<[K, KeyState<S>]> {
    for (const [key, slot] of this.#slots) {
      const state = this.#states[slot];
      if (state !== undefined) yield [key, state];
    }
  }

  /** The keys that were last touched before a time, the longest idle first. */
  idleSince(time: BatchTime): K[] {
    const keys: K[] = [];
    for (const slot of this.#touched.oldestFirst()) {
      if ((this.#states[slot]?.touchedAt ?? time) >= time) break;
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
    const touchedAt = (slot: number) => this.#states[slot]?.touchedAt ?? 0;
    const slots = [...this.#slots.values()].sort((a, b) => touchedAt(a) - touchedAt(b));
    this.#touched.clear();
    for (const slot of slots) this.#touched.append(slot);
  }

  #add(key: K, state: KeyState<S>): void {
    const slot = this.#free.pop() ?? this.#states.length;
    this.#slots.set(key, slot);
    this.#keys[slot] = key;
    this.#states[slot] = state;
    this.#touched.append(slot);
    this.#setDue(slot, state);
  }

  #setDue(slot: number, state: KeyState<S>): void {
    if (this.#dueAt !== undefined) this.#due.set(slot, this.#dueAt(state.value));
  }
}
