// What a checkpoint writes of the state of one partition: the keys that changed since the last one, and a slice of the
// others. The slices go round all keys, so that sooner or later everything older is said again and can be dropped;
// no checkpoint ever writes all at once, but the first. What it costs follows the keys that changed. Where none did while
// other partitions go on, slices go round all the same as long as old segments are needed.
//
//   checkpoint   1        2          3          4
//   changes      all      a, b       c          a
//   slice                 d, e …     f, g …     … z: the round is complete, 1 is not needed any more
import type { BatchTime } from '@millrace/core';
import { KeyedMap } from '../rdd/keyed-map.ts';
import type { KeyState } from './state-entries.ts';
import type { StateStore } from './state-store.ts';

/** A part of the state of one partition. Segments are applied one after the other. */
export interface StateSegment<K, S> {
  readonly partition: number;
  /** The version that is complete with this segment. */
  readonly upTo: BatchTime;
  /** Segments up to versions before this one are not needed any more. */
  readonly from: BatchTime;
  /** Whether this segment is everything. */
  readonly isFull: boolean;
  /** The name of this telling, unlike any other: see `StateExporter.segment`. Undefined: no exporter has told it. */
  readonly told: string | undefined;
  readonly keys: readonly K[];
  readonly values: readonly S[];
  /** When each key was touched last. */
  readonly touched: readonly BatchTime[];
  readonly removed: readonly K[];
}

/** For each key that changed, the slice takes so many others: a round ends although keys are added meanwhile. */
const SLICE_PER_CHANGE = 2;
/** Beyond so many untold keys over those that live, everything is written instead. */
const UNTOLD_SPARE = 100_000;

/** What is durable of a partition. */
export interface DurableSegment {
  /** The version; undefined: nothing is durable. */
  readonly since: BatchTime | undefined;
  /** The name of the telling that has made it so; undefined: it was not told by an exporter of this run. */
  readonly told: string | undefined;
  /** A partition that needs segments up to this version goes round even where nothing changed; undefined: none does. */
  readonly retellUpTo: BatchTime | undefined;
}

/** Makes the segments of one store. */
export class StateExporter<K, S> {
  readonly #store: StateStore<K, S>;
  /** Keys of versions that are forgotten and not told yet, with the last version that touched them. */
  #untold = new KeyedMap<K, BatchTime>();
  /** The version from which on every change is known; undefined: nothing was told yet. */
  #knownSince: BatchTime | undefined;
  /** The latest telling. */
  #told: string | undefined;
  /** From where on segments are needed after the latest export, and after the latest one that is durable. */
  #from: BatchTime | undefined;
  #durableFrom: BatchTime | undefined;
  #round: { readonly rest: Iterator<[K, KeyState<S>]>; readonly begunAt: BatchTime } | undefined;

  constructor(store: StateStore<K, S>) {
    this.#store = store;
  }

  /** Everything up to `time` is told already, by segments from `from` on. For state that was restored. */
  begin(time: BatchTime, from: BatchTime): void {
    this.#knownSince = time;
    this.#from = from;
    this.#durableFrom = from;
  }

  /** A version is not remembered any more. */
  noteForgotten(time: BatchTime, keys: Iterable<K>): void {
    if (this.#knownSince === undefined) return;
    for (const key of keys) this.#untold.set(key, time);
    if (this.#untold.size <= this.#store.sizeAt(this.#store.time) + UNTOLD_SPARE) return;
    this.#untold = new KeyedMap();
    this.#knownSince = undefined;
  }

  /**
   * What has to be written so that the version `upTo` can be read back after what is durable.
   *
   * An answer may be lost, and the partition be asked again, here or on an executor that has its own copy of it. Only one
   * of the answers is written then. So each has a name, `told`, that no other copy of the program gives, and an exporter goes on from what it has told only when that,
   * by name, is what is durable.
   */
  segment(partition: number, durable: DurableSegment, upTo: BatchTime, told: string): StateSegment<K, S> {
    const { since, retellUpTo } = durable;
    this.#settlePast(durable);
    // Where it is not known what older segments say, none of them can be given up, and this one has to say it all.
    const isKnown =
      this.#from !== undefined && (since ?? Number.NEGATIVE_INFINITY) >= (this.#knownSince ?? Infinity);
    const segment =
      isKnown && since !== undefined ? this.#changes(since, upTo, retellUpTo) : this.#everything(upTo);
    this.#told = told;
    return { partition, upTo, from: this.#from ?? upTo, isFull: !isKnown, told, ...segment };
  }

  /** The latest telling is durable, or nothing that it said counts: then its slices have to be said again. */
  #settlePast({ told }: DurableSegment): void {
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
    // Of a partition without keys nothing older is needed, and nothing will ever go round it.
    if (told.size === 0 && this.#store.sizeAt(upTo) === 0) this.#from = upTo;
    // Where nothing changed it goes round as if one key had: else it would keep what all partitions have told.
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
      // A later batch may have taken it away, and the round would never meet it.
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

/** Entries as a segment has them; undefined: the key is gone. */
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
