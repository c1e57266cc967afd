// The part of one partition's state that a checkpoint writes: the keys that changed since the last checkpoint, and a
// slice of unchanged keys. The slices rotate through all keys, so older parts become unreferenced and can be dropped.
// Only the first checkpoint writes all keys at once. The cost follows the number of changed keys. When no key of the
// partition changed while other partitions go on, slices still rotate as long as old segments are needed.
//
//   checkpoint   1        2          3          4
//   changes      all      a, b       c          a
//   slice                 d, e …     f, g …     … z: the round is complete, 1 is unreferenced
import type { BatchTime } from '@millrace/core';
import { KeyedMap } from '../rdd/keyed-map.ts';
import type { KeyState } from './key-state.ts';

/** A part of the state of one partition. Segments are applied one after the other. */
export interface StateSegment<K, S> {
  readonly partition: number;
  /** The version that is complete with this segment. */
  readonly upTo: BatchTime;
  /** Segments up to versions before this one are not needed any more. */
  readonly from: BatchTime;
  /** True when this segment contains the whole state. */
  readonly isFull: boolean;
  /** The unique id of this export: see `StateExporter.segment`. Undefined when no exporter made the segment. */
  readonly told: string | undefined;
  readonly keys: readonly K[];
  readonly values: readonly S[];
  /** The time of each key's last touch. */
  readonly touched: readonly BatchTime[];
  readonly removed: readonly K[];
}

/** The slice takes this many unchanged keys for each changed key: a round ends although keys are added meanwhile. */
const SLICE_PER_CHANGE = 2;
/** The surplus of unexported keys over living keys beyond which the exporter writes everything instead. */
const UNTOLD_SPARE = 100_000;

/** The durable state of a partition. */
export interface DurableSegment {
  /** The version; undefined when nothing is durable. */
  readonly since: BatchTime | undefined;
  /** The id of the export that became durable; undefined when no exporter of this run made it. */
  readonly told: string | undefined;
  /**
   * A partition that needs segments up to this version writes slices even without changes; undefined: no partition
   * does.
   */
  readonly retellUpTo: BatchTime | undefined;
}

/** The versions of a store, as far as its exporter reads them; see `StateStore`. */
export interface ExportedVersions<K, S> {
  /** The batch of the newest version. */
  readonly time: BatchTime;
  get(key: K): KeyState<S> | undefined;
  sizeAt(time: BatchTime): number;
  entriesAt(time: BatchTime): Iterable<[K, KeyState<S>]>;
  changedAfter(time: BatchTime): ReadonlyMap<K, KeyState<S> | undefined>;
  touchedBetween(since: BatchTime, upTo: BatchTime): Iterable<K>;
  newestEntries(): Iterator<[K, KeyState<S>]>;
}

/** Makes the segments of one store. */
export class StateExporter<K, S> {
  readonly #store: ExportedVersions<K, S>;
  /** Keys of forgotten versions that are not exported yet, with the last version that touched each key. */
  #untold = new KeyedMap<K, BatchTime>();
  /** The version from which on every change is known; undefined before the first export. */
  #knownSince: BatchTime | undefined;
  /** The id of the latest export. */
  #told: string | undefined;
  /** The versions from which on segments are needed: after the latest export, and after the latest durable export. */
  #from: BatchTime | undefined;
  #durableFrom: BatchTime | undefined;
  #round: { readonly rest: Iterator<[K, KeyState<S>]>; readonly begunAt: BatchTime } | undefined;

  constructor(store: ExportedVersions<K, S>) {
    this.#store = store;
  }

  /** Marks everything up to `time` as exported, by segments from `from` on. For restored state. */
  begin(time: BatchTime, from: BatchTime): void {
    this.#knownSince = time;
    this.#from = from;
    this.#durableFrom = from;
  }

  /** Notes the keys of a version that is no longer remembered. */
  noteForgotten(time: BatchTime, keys: Iterable<K>): void {
    if (this.#knownSince === undefined) return;
    for (const key of keys) this.#untold.set(key, time);
    if (this.#untold.size <= this.#store.sizeAt(this.#store.time) + UNTOLD_SPARE) return;
    this.#untold = new KeyedMap();
    this.#knownSince = undefined;
  }

  /**
   * The data to write so that the version `upTo` can be read back on top of the durable state.
   *
   * An answer may be lost, and the partition asked again, here or on an executor with a copy of its own. Only one of
   * the answers is then written. Each answer therefore has an id, `told`, that no other copy of the program uses. An
   * exporter continues from its last export only when the durable export has that id.
   */
  segment(partition: number, durable: DurableSegment, upTo: BatchTime, told: string): StateSegment<K, S> {
    const { since, retellUpTo } = durable;
    this.#resolveLastExport(durable);
    // When the content of older segments is unknown, none can be dropped, and this segment has to contain everything.
    const isKnown =
      this.#from !== undefined && (since ?? Number.NEGATIVE_INFINITY) >= (this.#knownSince ?? Infinity);
    const segment =
      isKnown && since !== undefined ? this.#changes(since, upTo, retellUpTo) : this.#everything(upTo);
    this.#told = told;
    return { partition, upTo, from: this.#from ?? upTo, isFull: !isKnown, told, ...segment };
  }

  /** The latest export is either durable, or void: then its slices have to be exported again. */
  #resolveLastExport({ told }: DurableSegment): void {
    if (told !== undefined && told === this.#told) {
      this.#durableFrom = this.#from;
      return;
    }
    this.#from = this.#durableFrom;
    this.#round = undefined;
  }

  #everything(upTo: BatchTime) {
    this.#untold = new KeyedMap();
    this.#knownSince = upTo;
    this.#from = upTo;
    this.#round = undefined;
    return listed(this.#store.entriesAt(upTo));
  }

  #changes(since: BatchTime, upTo: BatchTime, retellUpTo = Number.NEGATIVE_INFINITY) {
    const later = this.#store.changedAfter(upTo);
    const told = new KeyedMap<K, KeyState<S> | undefined>();
    const tell = (key: K) => void told.set(key, later.has(key) ? later.get(key) : this.#store.get(key));
    for (const [key, time] of this.#untold) {
      if (time <= since) this.#untold.delete(key);
      else tell(key);
    }
    for (const key of this.#store.touchedBetween(since, upTo)) tell(key);
    const isKeepingOld = (this.#from ?? upTo) <= retellUpTo;
    // A partition without keys needs no older segment, and would never finish a round.
    if (told.size === 0 && this.#store.sizeAt(upTo) === 0) this.#from = upTo;
    // Without changes, the slice has the size for one changed key: otherwise the partition would retain the exports of
    // all partitions.
    else if (told.size > 0 || isKeepingOld) this.#addSlice(told, later, upTo);
    return listed(told);
  }

  #addSlice(
    told: KeyedMap<K, KeyState<S> | undefined>,
    later: ReadonlyMap<K, KeyState<S> | undefined>,
    upTo: BatchTime,
  ): void {
    let left = Math.max(told.size, 1) * SLICE_PER_CHANGE;
    this.#round ??= { rest: this.#store.newestEntries(), begunAt: upTo };
    const { rest, begunAt } = this.#round;
    for (const [key, state] of later) {
      // A later batch may have removed the key, and the round would never meet it.
      if (state !== undefined && !told.has(key)) told.set(key, state);
    }
    for (; left > 0; left -= 1) {
      const next = rest.next();
      if (next.done === true) {
        this.#round = undefined;
        this.#from = begunAt;
        return;
      }
      const [key, state] = next.value;
      if (!told.has(key) && !later.has(key)) told.set(key, state);
    }
  }
}

/** Entries in the form of a segment; undefined: the key is removed. */
export function listed<K, S>(entries: Iterable<readonly [K, KeyState<S> | undefined]>) {
  const keys: K[] = [];
  const values: S[] = [];
  const touched: BatchTime[] = [];
  const removed: K[] = [];
  for (const [key, state] of entries) {
    if (state === undefined) {
      removed.push(key);
      continue;
    }
    keys.push(key);
    values.push(state.value);
    touched.push(state.touchedAt);
  }
  return { keys, values, touched, removed };
}
