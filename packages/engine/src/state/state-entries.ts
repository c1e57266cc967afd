// The newest state of one partition: a map from keys to values, and the same entries in the order in which they were
// last touched, so that idle keys are found without looking at the others. Every touch costs the same, whatever the
// number of keys. States that say when they are due stand in the order of that, too.
import { KeyedMap } from '../rdd/keyed-map.ts';
import type { BatchTime } from '@millrace/core';
import { DueOrder, NEVER_DUE, type Due } from './due-order.ts';

/** What is known of a key. Never changed after it was made: versions share it. */
export interface KeyState<S> {
  readonly value: S;
  /** The batch that touched the key last. */
  readonly touchedAt: BatchTime;
}

/** An entry, linked to its neighbours in the order of touch. */
interface Entry<K, S> extends Due {
  readonly key: K;
  state: KeyState<S>;
  older: Entry<K, S> | undefined;
  newer: Entry<K, S> | undefined;
}

/** When something has to be done about a state, in milliseconds of any clock; undefined: at no time. */
export type DueAt<S> = (state: S) => number | undefined;

/** Keys with their states. */
export class StateEntries<K, S> {
  readonly #entries = new KeyedMap<K, Entry<K, S>>();
  #oldest: Entry<K, S> | undefined;
  #newest: Entry<K, S> | undefined;
  readonly #dueAt: DueAt<S> | undefined;
  readonly #due = new DueOrder<Entry<K, S>>();

  /** `dueAt` must depend on the state alone. Default: no state is ever due. */
  constructor(dueAt?: DueAt<S>) {
    this.#dueAt = dueAt;
  }

  /** How many keys. */
  get size(): number {
    return this.#entries.size;
  }

  /** The state of a key; undefined when there is none. */
  get(key: K): KeyState<S> | undefined {
    return this.#entries.get(key)?.state;
  }

  /** Gives a key a state and makes it the one touched last. @throws `MR_RDD_UNSUPPORTED_KEY`. */
  set(key: K, state: KeyState<S>): void {
    const known = this.#entries.get(key);
    if (known === undefined) {
      const links = { older: undefined, newer: undefined, dueMs: 0, place: NEVER_DUE };
      const entry: Entry<K, S> = { key, state, ...links };
      this.#entries.set(key, entry);
      this.#append(entry);
      this.#setDue(entry);
      return;
    }
    known.state = state;
    this.#setDue(known);
    if (known === this.#newest) return;
    this.#unlink(known);
    this.#append(known);
  }

  /** Takes a key away; no key, nothing happens. */
  delete(key: K): void {
    const known = this.#entries.get(key);
    if (known === undefined) return;
    this.#entries.delete(key);
    this.#unlink(known);
    this.#due.set(known, undefined);
  }

  /** Keys and states, in the order in which keys came. May be read on while entries change. */
  *inOrderOfKeys(): Generator<[K, KeyState<S>]> {
    for (const { key, state } of this.#entries.values()) yield [key, state];
  }

  /** The keys that were last touched before a time, the longest idle first. */
  idleSince(time: BatchTime): K[] {
    const keys: K[] = [];
    for (let entry = this.#oldest; entry !== undefined && entry.state.touchedAt < time; entry = entry.newer)
      keys.push(entry.key);
    return keys;
  }

  /** The keys that are due at a time or before, in no order that counts. Costs as much as there are of them. */
  dueUpTo(timeMs: number): K[] {
    return this.#due.upTo(timeMs).map(({ key }) => key);
  }

  /** Brings the order of touch in line with the times again, after entries were set out of order. */
  sortByTouch(): void {
    const entries = [...this.#entries.values()].toSorted((a, b) => a.state.touchedAt - b.state.touchedAt);
    this.#oldest = undefined;
    this.#newest = undefined;
    for (const entry of entries) {
      entry.newer = undefined;
      this.#append(entry);
    }
  }

  #setDue(entry: Entry<K, S>): void {
    if (this.#dueAt !== undefined) this.#due.set(entry, this.#dueAt(entry.state.value));
  }

  #append(entry: Entry<K, S>): void {
    entry.older = this.#newest;
    if (this.#newest === undefined) this.#oldest = entry;
    else this.#newest.newer = entry;
    this.#newest = entry;
  }

  #unlink(entry: Entry<K, S>): void {
    const { older, newer } = entry;
    if (older === undefined) this.#oldest = newer;
    else older.newer = newer;
    if (newer === undefined) this.#newest = older;
    else newer.older = older;
    entry.older = undefined;
    entry.newer = undefined;
  }
}
