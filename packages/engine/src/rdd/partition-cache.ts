// The partitions of persisted RDDs on one executor, as arrays of records. The bound is in records: at the bound,
// the least recently used partitions go first and are computed again when needed. A partition with a cut lineage
// cannot be recomputed and is never dropped by the cache; when nothing else is left to drop, persisting it fails
// with `MR_RDD_CACHE_FULL`. Executors that share a memory read each other's caches: a task may need partitions with a cut
// lineage that different executors have computed.
import { ReleasingMap } from '@millrace/core/engine';
import { positiveInteger } from './positive-integer.ts';
import type { RddMemory } from './rdd-memory.ts';
import { rddError } from './rdd-errors.ts';

/** Bound of a cache, and the partitions that the cache may drop. */
export interface PartitionCacheOptions {
  /** Records over all cached partitions; default 50 million. */
  readonly maxRecords?: number;
  /** Whether a partition of this RDD can be computed again; default: always. */
  readonly canRecompute?: (rddId: string) => boolean;
  /** Caches in the same memory, read before a partition is computed; may include this cache. Default: none. */
  readonly neighbours?: Iterable<PartitionCache>;
}

interface Entry {
  readonly rddId: string;
  readonly records: readonly unknown[];
}

interface Computation {
  readonly rddId: string;
  readonly records: Promise<readonly unknown[]>;
  /** Aborted when the computing task was cancelled; absent: it cannot be cancelled. */
  readonly signal: AbortSignal | undefined;
}

/** Cached partitions of one executor. */
export class PartitionCache implements RddMemory {
  readonly #maxRecords: number;
  readonly #canRecompute: (rddId: string) => boolean;
  readonly #neighbours: Iterable<PartitionCache>;
  /** In order of last use, the oldest first. */
  readonly #entries = new ReleasingMap<string, Entry>();
  readonly #computing = new ReleasingMap<string, Computation>();
  #recordCount = 0;

  constructor(options: PartitionCacheOptions = {}) {
    this.#maxRecords = positiveInteger('maxRecords', options.maxRecords ?? 50_000_000);
    this.#canRecompute = options.canRecompute ?? (() => true);
    this.#neighbours = options.neighbours ?? [];
  }

  /** Number of cached records. */
  get recordCount(): number {
    return this.#recordCount;
  }

  /** Partitions that are being computed. */
  get computingCount(): number {
    return this.#computing.size;
  }

  /** Empties the cache. */
  clear(): void {
    this.#entries.clear();
    this.#recordCount = 0;
  }

  /**
   * The records of a partition: cached here or by a neighbour, else the result of `compute`, which is cached here from
   * then on. Concurrent tasks of this cache share one computation, and its error. When the computing task is cancelled,
   * which aborts its `signal`, another task that waits computes for itself.
   */
  async getOrCompute(
    rddId: string,
    partition: number,
    compute: () => Promise<readonly unknown[]>,
    signal?: AbortSignal,
  ): Promise<readonly unknown[]> {
    const key = `${partition}@${rddId}`;
    for (;;) {
      const cached = this.#use(key) ?? this.#useOfNeighbours(key);
      if (cached !== undefined) return cached;
      const sameElsewhere = this.#computing.get(key);
      if (sameElsewhere === undefined) break;
      try {
        return await sameElsewhere.records;
      } catch (error) {
        if (sameElsewhere.signal?.aborted !== true || signal?.aborted === true) throw error;
        if (this.#computing.get(key) === sameElsewhere) this.#computing.delete(key);
      }
    }
    const running: Computation = { rddId, records: compute(), signal };
    this.#computing.set(key, running);
    try {
      const records = await running.records;
      // Forgotten during the computation: the waiting task still gets its records, but nothing is cached.
      if (this.#computing.get(key) === running) this.#keep(key, { rddId, records });
      return records;
    } finally {
      if (this.#computing.get(key) === running) this.#computing.delete(key);
    }
  }

  /** Drops the partitions of these RDDs. */
  forget(rddIds: readonly string[]): void {
    const ids = new Set(rddIds);
    for (const [key, entry] of this.#entries) if (ids.has(entry.rddId)) this.#drop(key, entry);
    for (const [key, running] of this.#computing) if (ids.has(running.rddId)) this.#computing.delete(key);
  }

  /** The same as `forget`. */
  unpersist(rddIds: readonly string[]): void {
    this.forget(rddIds);
  }

  /** The cached records, which count as used now. */
  #use(key: string): readonly unknown[] | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry.records;
  }

  #useOfNeighbours(key: string): readonly unknown[] | undefined {
    for (const neighbour of this.#neighbours) {
      const cached = neighbour.#use(key);
      if (cached !== undefined) return cached;
    }
    return undefined;
  }

  #keep(key: string, entry: Entry): void {
    if (entry.records.length > this.#maxRecords && this.#canRecompute(entry.rddId)) return;
    this.#entries.set(key, entry);
    this.#recordCount += entry.records.length;
    for (const [oldKey, old] of this.#entries) {
      if (this.#recordCount <= this.#maxRecords) return;
      if (oldKey !== key && this.#canRecompute(old.rddId)) this.#drop(oldKey, old);
    }
    if (this.#recordCount <= this.#maxRecords) return;
    this.#drop(key, entry);
    // A partition that can be recomputed need not be cached.
    if (this.#canRecompute(entry.rddId)) return;
    throw rddError(
      'MR_RDD_CACHE_FULL',
      `expected at most ${this.#maxRecords} persisted records, and nothing that could be computed again is left to drop`,
      { details: { rddId: entry.rddId, records: entry.records.length, maxRecords: this.#maxRecords } },
    );
  }

  #drop(key: string, entry: Entry): void {
    this.#entries.delete(key);
    this.#recordCount -= entry.records.length;
  }
}
