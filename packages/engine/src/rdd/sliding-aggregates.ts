// Values of keys over a window that moves on: from what each key came to in the window before, what leaves is taken
// away and what enters is added, so that a batch costs what it changes and not what the window holds.
//
// Each key is kept with the number of batches of the window that have it. By that a key that has left the window is
// told from one whose values only add up to nothing, a filter cannot make anyone forget what is still inside, and a
// key that comes back begins anew instead of going on from rounding errors.
import { KeyedMap } from './keyed-map.ts';
import { computePartition } from './compute-partition.ts';
import { copyCombiner } from './copy-combiner.ts';
import { narrow } from './partition-operators.ts';
import { pushInSlices } from './push-records.ts';
import type { Pair, RDD } from './rdd.ts';
import type { Sink } from './rdd-definition.ts';
import type { RddEnvironment } from './rdd-environment.ts';
import { rddError } from './rdd-errors.ts';
import { synchronous } from './synchronous.ts';

/** Whose function it is, in errors. */
const WINDOW = 'a window with an inverse function';

/** What a key comes to in a window. */
export interface Aggregate<V> {
  /** Its values combined; of a key that has left the window what the inverse function has made of them. */
  readonly value: V;
  /** How many batches of the window have the key; 0: it has left. */
  readonly batches: number;
}

/** How a window moves on. All RDDs are hashed by key into `partitions` partitions and have each key once. */
export interface SlidingAggregatesOptions<K, V> {
  readonly environment: RddEnvironment;
  readonly partitions: number;
  /** The window before; absent: there is none, and `entering` is the whole window. */
  readonly previous?: RDD<Pair<K, Aggregate<V>>> | undefined;
  /** Batches that the window before has and this one has not, oldest first. */
  readonly leaving: readonly RDD<Pair<K, V>>[];
  /** Batches that this window has and the one before has not, oldest first. */
  readonly entering: readonly RDD<Pair<K, V>>[];
  /** Adds values; associative. */
  readonly fn: (left: V, right: V) => V;
  /** Takes `gone` away from `value`: `inverse(fn(a, b), a)` is `b`. */
  readonly inverse: (value: V, gone: V) => V;
  /** Whether keys stay when they have left the window. */
  readonly keepsAbsent: boolean;
}

/**
 * The window after the one before: keys of that one first, in their order, then new ones. A task fails with
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

/** The values of a key that leave, or that enter; of as many batches. */
interface Side<V> {
  value: V;
  batches: number;
}

interface Change<V> {
  leaving?: Side<V>;
  entering?: Side<V>;
}

/** Gathers what one batch changes. */
class ChangeSink<K, V> implements Sink<Pair<K, V>> {
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
      // The value of the first batch is in other windows as well, and the function may change its left side.
      const left = side.batches === 1 ? copyCombiner(side.value) : side.value;
      const merged = synchronous(WINDOW, this.#fn(left, value));
      side.value = merged === value ? copyCombiner(merged) : merged;
      side.batches += 1;
    }
  }
}

/** Takes the window before, key by key, and makes the window after. Keys that nothing changes pass as they are. */
class MovedWindow<K, V> implements Sink<Pair<K, Aggregate<V>>> {
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

  /** The window after, once all of the one before was pushed. */
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

  /** What leaves goes before what enters comes: no intermediate value is larger than a window. */
  #change(key: K, before: Aggregate<V>, { leaving, entering }: Change<V>): Aggregate<V> {
    const { fn, inverse } = this.#options;
    const stays = before.batches - (leaving?.batches ?? 0);
    if (stays < 0) throw inconsistent(key);
    if (stays === 0 && entering !== undefined) return entering;
    // The window before is still read, and may be made anew from: both functions may change their left side.
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
