// The operations of a batch on the state of a partition, while the batch is the newest.
import type { BatchTime } from '@millrace/core';
import type { StateEntries } from './state-entries.ts';
import type { KeyState } from './key-state.ts';
import { StateWalk } from './state-walk.ts';

/** Reads the newest state, and changes it to the state of one batch. */
export class StateChange<K, S> {
  readonly #entries: StateEntries<K, S>;
  readonly #batchTime: BatchTime;
  readonly #touched: () => Iterable<K>;

  /** `touched`: the keys that were set or deleted so far, some more than once. */
  constructor(entries: StateEntries<K, S>, batchTime: BatchTime, touched: () => Iterable<K>) {
    this.#entries = entries;
    this.#batchTime = batchTime;
    this.#touched = touched;
  }

  /** The keys that were set so far, with their present states; some more than once. */
  *touchedStates(): Generator<[K, S]> {
    for (const key of this.#touched()) {
      const state = this.#entries.get(key);
      if (state !== undefined) yield [key, state.value];
    }
  }

  /** The state of a key; undefined when the key has none. */
  get(key: K): KeyState<S> | undefined {
    return this.#entries.get(key);
  }

  /** Sets the state of a key. @throws `MR_RDD_UNSUPPORTED_KEY`. */
  set(key: K, value: S): void {
    this.#entries.set(key, value, this.#batchTime);
  }

  /** Removes a key; does nothing for an absent key. */
  delete(key: K): void {
    this.#entries.delete(key);
  }

  /** A walk through records that gives the state of each record's key. No other code may set states meanwhile. */
  walk(records: readonly (readonly [K, unknown])[]): StateWalk<K, S> {
    return new StateWalk(this.#entries, this.#batchTime, records);
  }

  /** See `StateEntries.idleSince`. */
  idleSince(time: BatchTime): K[] {
    return this.#entries.idleSince(time);
  }

  /** See `StateEntries.dueUpTo`. */
  dueUpTo(timeMs: number): K[] {
    return this.#entries.dueUpTo(timeMs);
  }

  /** Keys and values, in unspecified order. */
  entries(): Iterable<[K, KeyState<S>]> {
    return this.#entries.inOrderOfKeys();
  }
}
