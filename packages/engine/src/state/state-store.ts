// The state of one partition over the remembered batches. The newest version is an ordinary map; an older version is
// the newest one minus the changes since. A batch therefore costs the keys that it touches, and a checkpoint or a
// snapshot of an earlier batch reads the state as of then, whatever later batches have changed.
//
//   version   7        8        9 = newest
//   changed      b, d     d           the store keeps, for 8 and 9, the former states of b and d
import type { BatchTime } from '@millrace/core';
import { KeyedMap } from '../rdd/keyed-map.ts';
import { EarlierStates } from './earlier-states.ts';
import { StateChange } from './state-change.ts';
import { StateEntries, type DueAt } from './state-entries.ts';
import type { KeyState } from './key-state.ts';
import { stateError } from './state-errors.ts';
import { StateExporter } from './state-exporter.ts';

/** A version and the earlier states of the keys that the version touched. */
interface Version<K, S> {
  readonly time: BatchTime;
  readonly before: EarlierStates<K, S>;
}

/** The versions of one partition's state. */
export class StateStore<K, S> {
  readonly #entries: StateEntries<K, S>;
  readonly #dueAt: DueAt<S> | undefined;
  /** Oldest first; the last one is the newest. */
  readonly #versions: Version<K, S>[] = [];
  /** Exports the store to checkpoints. */
  readonly exporter: StateExporter<K, S>;
  #time: BatchTime;
  /** The oldest version that can be read: the changes of this version and of earlier ones are forgotten. */
  #readableFrom: BatchTime;
  #isChanging = false;

  /** A store whose first version, as of `time`, has these entries. */
  constructor(time: BatchTime, entries: Iterable<readonly [K, KeyState<S>]> = [], dueAt?: DueAt<S>) {
    this.#entries = new StateEntries(dueAt);
    this.#dueAt = dueAt;
    this.#time = time;
    this.#readableFrom = time;
    for (const [key, { value, touchedAt }] of entries) this.#entries.set(key, value, touchedAt);
    this.#entries.sortByTouch();
    this.exporter = new StateExporter(this);
  }

  /** The batch of the newest version. */
  get time(): BatchTime {
    return this.#time;
  }

  /** The number of keys in the newest version. */
  get size(): number {
    return this.#entries.size;
  }

  /** True when the version after `time` can be made here, because no other version was made or begun. */
  canAdvanceFrom(time: BatchTime): boolean {
    return this.#time === time && !this.#isChanging;
  }

  /** A separate store that begins with the state as of `time`. */
  fork(time: BatchTime): StateStore<K, S> {
    return new StateStore(time, this.entriesAt(time), this.#dueAt);
  }

  /**
   * Makes the version of `time`. When `work` throws or rejects, the store is unchanged.
   *
   * @throws the errors of `work`.
   */
  async advance<R>(time: BatchTime, work: (change: StateChange<K, S>) => Promise<R>): Promise<R> {
    const version: Version<K, S> = { time, before: new EarlierStates() };
    this.#versions.push(version);
    this.#entries.beginVersion(version.before);
    this.#isChanging = true;
    try {
      const result = await work(new StateChange(this.#entries, time, () => version.before.keys()));
      this.#time = time;
      return result;
    } catch (error) {
      this.#undo();
      throw error;
    } finally {
      this.#isChanging = false;
    }
  }

  /**
   * Keys and states as of a version that is still remembered. Has to be read at once, without waiting.
   *
   * @throws `MR_STATE_VERSION_FORGOTTEN`.
   */
  *entriesAt(time: BatchTime): Generator<[K, KeyState<S>]> {
    const later = this.#changedAfter(time);
    for (const [key, state] of this.#entries.inOrderOfKeys()) {
      if (later.has(key)) continue;
      yield [key, state];
    }
    for (const [key, state] of later) if (state !== undefined) yield [key, state];
  }

  /** The number of keys in a version. @throws `MR_STATE_VERSION_FORGOTTEN`. */
  sizeAt(time: BatchTime): number {
    let size = this.#entries.size;
    for (const [key, state] of this.#changedAfter(time)) {
      const isThere = this.#entries.get(key) !== undefined;
      if (isThere && state === undefined) size -= 1;
      if (!isThere && state !== undefined) size += 1;
    }
    return size;
  }

  /** The keys that remembered versions after `since` and up to `upTo` have touched, some more than once. */
  *touchedBetween(since: BatchTime, upTo: BatchTime): Generator<K> {
    for (const { time, before } of this.#versions) if (time > since && time <= upTo) yield* before.keys();
  }

  /** The keys that changed after a version, with their states in that version. @throws `MR_STATE_VERSION_FORGOTTEN`. */
  changedAfter(time: BatchTime): ReadonlyMap<K, KeyState<S> | undefined> {
    return this.#changedAfter(time);
  }

  /** The newest state of a key. */
  get(key: K): KeyState<S> | undefined {
    return this.#entries.get(key);
  }

  /** The newest entries; can be read on while later batches change the entries. */
  newestEntries(): Iterator<[K, KeyState<S>]> {
    return this.#entries.inOrderOfKeys();
  }

  /**
   * Forgets versions before `time`. Their states cannot be read any more; the keys that they touched are still
   * exported.
   */
  forgetBefore(time: BatchTime): void {
    while (this.#versions[0] !== undefined && this.#versions[0].time < time) {
      const version = this.#versions.shift();
      if (version === undefined) continue;
      this.#readableFrom = version.time;
      this.exporter.noteForgotten(version.time, version.before.keys());
    }
  }

  #changedAfter(time: BatchTime): KeyedMap<K, KeyState<S> | undefined> {
    // Otherwise an old version would be read as if the forgotten versions had changed nothing.
    if (time < this.#readableFrom) {
      throw stateError(
        'MR_STATE_VERSION_FORGOTTEN',
        `the state of batch ${time} was read, but only versions from batch ${this.#readableFrom} on are remembered; use a window over the stream instead of slice, or raise rememberMs of the context`,
        { details: { batchTime: time, readableFrom: this.#readableFrom } },
      );
    }
    const changed = new KeyedMap<K, KeyState<S> | undefined>();
    for (let index = this.#versions.length - 1; index >= 0; index -= 1) {
      const version = this.#versions[index];
      if (version === undefined || version.time <= time) break;
      for (const [key, state] of version.before.lastFirst()) changed.set(key, state);
    }
    return changed;
  }

  #undo(): void {
    const version = this.#versions.pop();
    this.#entries.beginVersion(undefined);
    for (const [key, state] of version?.before.lastFirst() ?? []) {
      if (state === undefined) this.#entries.delete(key);
      else this.#entries.set(key, state.value, state.touchedAt);
    }
    this.#entries.sortByTouch();
  }
}
