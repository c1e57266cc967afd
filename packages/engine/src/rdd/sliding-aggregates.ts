// Aggregates of keys over a sliding window: from the aggregate of a key in the previous window, leaving batches are
// subtracted and entering batches are added, so that the cost of a batch depends on its changes and not on the size
// of the window.
//
// Each key has the number of batches of the window that contain the key. This number distinguishes a key that has
// left the window from a key whose values only add up to nothing, a filter cannot drop values that are still
// inside, and a returning key begins anew instead of going on from rounding errors.
import { KeyedMap } from './keyed-map.ts';
import { computePartition } from './compute-partition.ts';
import { copyCombiner } from './copy-combiner.ts';
import { narrow } from './partition-operators.ts';
import { pushInSlices } from './push-records.ts';
import type { RDD } from './rdd.ts';
import type { Pair } from './pair.ts';
import type { RecordSink } from './record-sink.ts';
import type { RddEnvironment } from './rdd-environment.ts';
import { rddError } from './rdd-errors.ts';
import { synchronous } from './synchronous.ts';

/** The operator's name, in errors. */
const WINDOW = 'a window with an inverse function';

/** The aggregate of a key in a window. */
export interface Aggregate<V> {
  /** The combined values of the key; for a key that has left the window, the result of the inverse function. */
  readonly value: V;
  /** Number of batches of the window that have the key; 0: the key has left. */
  readonly batches: number;
}

/** Inputs of the next window. All RDDs are hashed by key into `partitions` partitions and have each key once. */
export interface SlidingAggregatesOptions<K, V> {
  readonly environment: RddEnvironment;
  readonly partitions: number;
  /** The previous window; absent: there is none, and `entering` is the whole window. */
  readonly previous?: RDD<Pair<K, Aggregate<V>>> | undefined;
  /** Batches in the previous window but not in this one, oldest first. */
  readonly leaving: readonly RDD<Pair<K, V>>[];
  /** Batches in this window but not in the previous one, oldest first. */
  readonly entering: readonly RDD<Pair<K, V>>[];
  /** Adds values; associative. */
  readonly fn: (left: V, right: V) => V;
  /** Subtracts `gone` from `value`: `inverse(fn(a, b), a)` is `b`. */
  readonly inverse: (value: V, gone: V) => V;
  /** Whether keys stay when they have left the window. */
  readonly keepsAbsent: boolean;
}

/**
 * The next window: keys of the previous window first, in their order, then new keys. A task fails with
 * `MR_RDD_WINDOW_INCONSISTENT` when a key leaves that never entered.
 */
export function slidingAggregates<K, V>(options: SlidingAggregatesOptions<K, V>): RDD<[K, Aggregate<V>]> {
  const { environment, partitions, previous, leaving, entering, fn } = options;
  const parents = [...leaving, ...entering, ...(previous === undefined ? [] : [previous])];
  return environment.define<[K, Aggregate<V>]>(() => ({
    kind: 'source',
    partitionCount: partitions,
    dependencies: parents.map(narrow),
    hashPartitions: partitions,
    // A window that is loaded has its keys in another order than one that was computed.
    isUnordered: true,
    nearTo: parents,
    produce: async (partition, context, push) => {
      const changes = new KeyedMap<K, Change<V>>();
      for (const rdd of leaving)
        await computePartition(rdd, partition, context, new ChangeSink(changes, 'leaving', fn));
      for (const rdd of entering)
        await computePartition(rdd, partition, context, new ChangeSink(changes, 'entering', fn));
      const moved = new MovedWindow(changes, options);
      if (previous !== undefined) await computePartition(previous, partition, context, moved);
      await pushInSlices(moved.end(), context, push);
    },
  }));
}

/** The combined value of a key's leaving, or entering, batches, with the number of these batches. */
interface Side<V> {
  value: V;
  batches: number;
}

interface Change<V> {
  leaving?: Side<V>;
  entering?: Side<V>;
}

/** Collects the changes of one batch. */
class ChangeSink<K, V> implements RecordSink<Pair<K, V>> {
  readonly #changes: KeyedMap<K, Change<V>>;
  readonly #side: keyof Change<V>;
  readonly #fn: (left: V, right: V) => V;

  constructor(changes: KeyedMap<K, Change<V>>, side: keyof Change<V>, fn: (left: V, right: V) => V) {
    this.#changes = changes;
    this.#side = side;
    this.#fn = fn;
  }

  push([key, value]: Pair<K, V>): void {
    let change = this.#changes.get(key);
    if (change === undefined) this.#changes.set(key, (change = {}));
    const side = change[this.#side];
    if (side === undefined) {
      change[this.#side] = { value, batches: 1 };
    } else {
      // The first batch's value is in other windows as well, and the function may change its left side.
      const left = side.batches === 1 ? copyCombiner(side.value) : side.value;
      const merged = synchronous(WINDOW, this.#fn(left, value));
      side.value = merged === value ? copyCombiner(merged) : merged;
      side.batches += 1;
    }
  }
}

/** Takes the previous window, key by key, and makes the next window. Unchanged keys pass through. */
class MovedWindow<K, V> implements RecordSink<Pair<K, Aggregate<V>>> {
  readonly #changes: KeyedMap<K, Change<V>>;
  readonly #options: SlidingAggregatesOptions<K, V>;
  readonly #moved: [K, Aggregate<V>][] = [];

  constructor(changes: KeyedMap<K, Change<V>>, options: SlidingAggregatesOptions<K, V>) {
    this.#changes = changes;
    this.#options = options;
  }

  push(pair: Pair<K, Aggregate<V>>): void {
    const [key, before] = pair;
    const change = this.#changes.get(key);
    if (change === undefined) {
      if (before.batches > 0 || this.#options.keepsAbsent) this.#moved.push(pair as [K, Aggregate<V>]);
      return;
    }
    this.#changes.delete(key);
    this.#add(key, this.#change(key, before, change));
  }

  /** The next window, once the whole previous window was pushed. */
  end(): [K, Aggregate<V>][] {
    for (const [key, { leaving, entering }] of this.#changes) {
      if (leaving !== undefined) throw inconsistent(key);
      if (entering !== undefined) this.#moved.push([key, entering]);
    }
    return this.#moved;
  }

  #add(key: K, after: Aggregate<V>): void {
    if (after.batches > 0 || this.#options.keepsAbsent) this.#moved.push([key, after]);
  }

  /**
   * Leaving values are subtracted before entering values are added: no intermediate value is larger than a window.
   */
  #change(key: K, before: Aggregate<V>, { leaving, entering }: Change<V>): Aggregate<V> {
    const { fn, inverse } = this.#options;
    const stays = before.batches - (leaving?.batches ?? 0);
    if (stays < 0) throw inconsistent(key);
    if (stays === 0 && entering !== undefined) return entering;
    // The previous window is still read, and may be the start of a recomputation: both functions may change their
    // left side.
    const own = copyCombiner(before.value);
    const left =
      leaving === undefined ? own : synchronous('inverse of a window', inverse(own, leaving.value));
    if (entering === undefined) return { value: left, batches: stays };
    return { value: synchronous(WINDOW, fn(left, entering.value)), batches: stays + entering.batches };
  }
}

function inconsistent(key: unknown): Error {
  return rddError(
    'MR_RDD_WINDOW_INCONSISTENT',
    'expected every key that leaves a window to have entered the window before; ' +
      'functions before a window must return the same results for the same records',
    { details: { keyType: typeof key } },
  );
}
