// What a batch may do with the state of a partition while it is the newest one.
import type { BatchTime } from '@millrace/core';
import type { KeyState, StateEntries } from './state-entries.ts';
import { StateWalk } from './state-walk.ts';

/** Reads the newest state, and changes it to that of one batch. */
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

  /** Keys that were set so far, with their states as they are now; some more than once. */
  *touchedStates(): Generator<[K, S]> {
    for (const key of this.#touched()) {
      const state = this.#entries.get(key);
      if (state !== undefined) yield [key, state.value];
    }
  }

  /** The state of a key; undefined when there is none. */
  get(key: K): KeyState<S> | undefined {
    return this.#entries.get(key);
  }

  /** Sets the state of a key. @throws `MR_RDD_UNSUPPORTED_KEY`. */
  set(key: K, value: S): void {
    this.#entries.set(key, value, this.#batchTime);
  }

  /** Takes a key away; nothing happens when it is not there. */
  delete(key: K): void {
    this.#entries.delete(key);
  }

  /** For who goes through records and asks for the state of each one's key. Nothing else may set states meanwhile. */
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

  /** Keys and values, in no order that counts. */
  entries(): Iterable<[K, KeyState<S>]> {
    return this.#entries.inOrderOfKeys();
  }
}
