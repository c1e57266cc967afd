// The earlier states of the keys that a version touched. A key may be noted more than once, and its first note counts:
// a batch only appends to lists, and looks nothing up.
import type { BatchTime } from '@millrace/core';
import type { KeyState } from './key-state.ts';

const ABSENT = Symbol('the key had no state');

/** Keys with their earlier states. */
export class EarlierStates<K, S> {
  readonly #keys: K[] = [];
  readonly #values: (S | typeof ABSENT)[] = [];
  readonly #touchedAt: BatchTime[] = [];

  /** Notes a key that had a state. */
  note(key: K, value: S, touchedAt: BatchTime): void {
    this.#keys.push(key);
    this.#values.push(value);
    this.#touchedAt.push(touchedAt);
  }

  /** Notes a key that had no state. */
  noteAbsent(key: K): void {
    this.#keys.push(key);
    this.#values.push(ABSENT);
    this.#touchedAt.push(0);
  }

  /** The keys, some more than once. */
  keys(): Iterable<K> {
    return this.#keys;
  }

  /**
   * Keys and states, undefined for an absent state; the last note comes first, so that the last yielded state of a key
   * counts.
   */
  *lastFirst(): Generator<[K, KeyState<S> | undefined]> {
    for (let index = this.#keys.length - 1; index >= 0; index -= 1) {
      const value = this.#values[index] as S | typeof ABSENT;
      const touchedAt = this.#touchedAt[index] as BatchTime;
      yield [this.#keys[index] as K, value === ABSENT ? undefined : { value, touchedAt }];
    }
  }
}
