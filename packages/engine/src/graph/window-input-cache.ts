// The window's input from a stream that depends on state. Other streams are computed again after a restart, from the
// input of their batches. This stream cannot be computed again, because the earlier state is lost. Checkpoints
// therefore keep its records for as long as a window looks back: each batch is written once, as a part.
import type { BatchTime } from '@millrace/core';
import { ReleasingMap } from '@millrace/core/engine';
import { fromPartitions, loadedRdd } from '../rdd/parallelize.ts';
import type { RDD } from '../rdd/rdd.ts';
import type {
  CheckpointedState,
  CheckpointParts,
  FetchSnapshotPartition,
  RestoredState,
  SharedState,
  StateSnapshot,
} from './checkpointed-state.ts';
import { dstreamError } from './dstream-errors.ts';
import { holdWithStates } from './held-states.ts';
import { snapshotSuperseded } from './shared-states.ts';
import type { GraphStream, LoadPartition } from './graph-stream.ts';

/** A batch in a checkpoint. */
interface KeptBatch {
  readonly batchTime: BatchTime;
  readonly part: number;
  /** True when the records are pairs in the partitions of their keys. */
  readonly isHashed: boolean;
  /** True when the batch, computed again, may have its records in another order; absent: no. */
  readonly isUnordered?: boolean;
  /** The number of partitions. */
  readonly partitions: number;
}

/** The description of the batches that executors can load. */
interface CachedBatchesSnapshot extends StateSnapshot {
  readonly batches: readonly KeptBatch[];
}

/** The batches of one stream that later windows read. */
export class WindowInputCache<T> implements CheckpointedState, SharedState {
  readonly version = 1;
  readonly #stream: GraphStream<T>;
  /** The batches of an earlier driver, by time. */
  readonly #restored = new ReleasingMap<BatchTime, RestoredBatch<T>>();
  #durable: readonly KeptBatch[] = [];
  #exported: readonly KeptBatch[] = [];
  #durableUpTo: BatchTime | undefined;
  #exportedUpTo: BatchTime | undefined;
  #parts: CheckpointParts | undefined;
  /** The part that was read last, because every partition of a batch is requested. */
  #read: { readonly part: number; readonly partitions: Promise<T[][]> } | undefined;
  #adopted: { readonly snapshot: CachedBatchesSnapshot; readonly read: FetchSnapshotPartition } | undefined;

  constructor(stream: GraphStream<T>) {
    this.#stream = stream;
  }

  /** True when the batch is kept, so that its RDD need not be made. */
  hasBatch(batchTime: BatchTime): boolean {
    if (this.#restored.has(batchTime)) return true;
    const { snapshot } = this.#adopted ?? {};
    return snapshot?.batches.some((kept) => kept.batchTime === batchTime) ?? false;
  }

  /** The RDD of a batch that was done before a restart; undefined when the batch was not kept. */
  restoredRdd(batchTime: BatchTime): RDD<T> | undefined {
    const { environment, place } = this.#stream.scope;
    const restored = this.#restored.get(batchTime);
    if (restored !== undefined) {
      const { partitions, isHashed: hashPartitioned, isUnordered } = restored;
      return environment.define(fromPartitions(partitions, { hashPartitioned, isUnordered }));
    }
    if (place !== 'executor' || this.#adopted === undefined) return undefined;
    const batch = this.#adopted.snapshot.batches.find((kept) => kept.batchTime === batchTime);
    if (batch === undefined) return undefined;
    const { isHashed: hashPartitioned, isUnordered = false } = batch;
    const load = this.#load(batchTime);
    return environment.define(loadedRdd(batch.partitions, { hashPartitioned, isUnordered, load }));
  }

  /** Batches can be made anew when all state that they depend on can be made anew. */
  get canBeMadeAnew(): boolean {
    return !this.#stream.dependsOnKeptState;
  }

  async exportState(batchTime: BatchTime, parts: CheckpointParts): Promise<readonly KeptBatch[]> {
    const { zeroTime, rememberMs } = this.#stream;
    this.#parts = parts;
    if (zeroTime === undefined) return (this.#exported = this.#durable);
    this.#exportedUpTo = batchTime;
    const from = batchTime - rememberMs + 1;
    const kept = this.#durable.filter((batch) => batch.batchTime >= from);
    const known = new Set(kept.map((batch) => batch.batchTime));
    const unknown = this.#stream.batchesBetween(from, batchTime).filter(([time]) => !known.has(time));
    const added = await this.#write(unknown, parts);
    for (const time of this.#restored.keys()) if (time < from) this.#restored.delete(time);
    return (this.#exported = [...kept, ...added]);
  }

  /**
   * Batches go on while a checkpoint reads, so the data that these batches are computed from must not be forgotten
   * meanwhile.
   */
  async #write(
    batches: readonly (readonly [BatchTime, RDD<T>])[],
    parts: CheckpointParts,
  ): Promise<readonly KeptBatch[]> {
    const [oldest] = batches;
    if (oldest === undefined) return [];
    const release = holdWithStates(this.#stream, oldest[0]);
    const written: KeptBatch[] = [];
    try {
      for (const [batchTime, rdd] of batches) {
        const records = await rdd.glom().collect();
        const part = await parts.write(parts.codec.encodeRecords(records));
        const isHashed = rdd.hashPartitions !== undefined;
        const order = rdd.hasCertainOrder ? {} : { isUnordered: true };
        written.push({ batchTime, part, isHashed, ...order, partitions: records.length });
      }
      return written;
    } finally {
      release();
    }
  }

  checkpointed(): void {
    this.#durable = this.#exported;
    this.#durableUpTo = this.#exportedUpTo;
  }

  partsOf(data: unknown): readonly number[] {
    return keptBatchesOf(data).map(({ part }) => part);
  }

  async restoreState({ data, parts }: RestoredState): Promise<void> {
    this.#durable = keptBatchesOf(data);
    this.#exported = this.#durable;
    this.#parts = parts;
    for (const { batchTime, part, isHashed, isUnordered = false } of this.#durable) {
      // `exportState` wrote the data as arrays of the stream's records.
      const partitions = parts.codec.decodeRecords(await parts.read(part)) as T[][];
      this.#restored.set(batchTime, { partitions, isHashed, isUnordered });
    }
  }

  // Executors with a memory of their own

  get shared(): SharedState {
    return this;
  }

  snapshot(): CachedBatchesSnapshot {
    const begin = Math.max(this.#stream.zeroTime ?? 0, this.#stream.recoveredUpTo);
    return { upTo: this.#durableUpTo ?? begin, batches: this.#durable };
  }

  async fetchSnapshot(batchTime: BatchTime, partition: number): Promise<Uint8Array> {
    const batch = this.#durable.find((kept) => kept.batchTime === batchTime);
    if (batch === undefined) throw snapshotSuperseded(this.#stream.id, batchTime);
    const partitions = this.#restored.get(batchTime)?.partitions ?? (await this.#readPart(batch.part));
    return this.#stream.scope.codec.encodeRecords(partitions[partition] ?? []);
  }

  adopt(adopted: StateSnapshot, read: FetchSnapshotPartition): void {
    // The driver of the same program made the value, by `snapshot`.
    const snapshot = adopted as CachedBatchesSnapshot;
    this.#adopted = { snapshot, read };
    const kept = new Set(snapshot.batches.map(({ batchTime }) => batchTime));
    this.#stream.rebase(snapshot.upTo, (time) => (kept.has(time) ? this.#load(time) : undefined));
  }

  #load(batchTime: BatchTime): LoadPartition<T> {
    return async (partition) => {
      if (this.#adopted === undefined) throw snapshotSuperseded(this.#stream.id, batchTime);
      // The driver read the bytes that `exportState` wrote.
      const bytes = await this.#adopted.read(batchTime, partition);
      return this.#stream.scope.codec.decodeRecords(bytes) as T[];
    };
  }

  async #readPart(part: number): Promise<readonly (readonly T[])[]> {
    const parts = this.#parts;
    if (parts === undefined) throw new TypeError('parts of a checkpoint are read before there was one');
    if (this.#read?.part !== part) {
      // `exportState` wrote the data as arrays of the stream's records.
      const partitions = parts.read(part).then((bytes) => parts.codec.decodeRecords(bytes) as T[][]);
      this.#read = { part, partitions };
      // The next caller tries again.
      partitions.catch(() => (this.#read = undefined));
    }
    return this.#read.partitions;
  }
}

interface RestoredBatch<T> {
  readonly partitions: readonly (readonly T[])[];
  readonly isHashed: boolean;
  readonly isUnordered: boolean;
}

function keptBatchesOf(data: unknown): readonly KeptBatch[] {
  if (Array.isArray(data) && data.every((batch) => Number.isSafeInteger((batch as KeptBatch | null)?.part)))
    return data as KeptBatch[];
  throw dstreamError(
    'MR_GRAPH_INPUT_INVALID',
    'a checkpoint has invalid data in place of the batches of a window',
  );
}
