// What the keys that a version touched were before it. A key may be noted more than once, and what was noted first is
// what counts: so a batch adds to the ends of lists, and looks nothing up.
import type { BatchTime } from '@millrace/core';
import type { KeyState } from './state-entries.ts';

const ABSENT = Symbol('the key had no state');

/** Keys with the states they had. */
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

  /** Notes a key that had none. */
  noteAbsent(key: K): void {
    this.#keys.push(key);
    this.#values.push(ABSENT);
    this.#touchedAt.push(0);
  }

  /** The keys, some more than once. */
  keys(): Iterable<K> {
    return this.#keys;
  }

  /** Keys and states, undefined for none; the last noted first, so that of one key the last one given out counts. */
  *lastFirst(): Generator<[K, KeyState<S> | undefined]> {
    for (let index = this.#keys.length - 1; index >= 0; index -= 1) {
      const value = this.#values[index] as S | typeof ABSENT;
      const touchedAt = this.#touchedAt[index] as BatchTime;
      yield [this.#keys[index] as K, value === ABSENT ? undefined : { value, touchedAt }];
    }
  }
}
