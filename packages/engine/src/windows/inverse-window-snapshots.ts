// The checkpointed state of a window with an inverse function: the window itself, and each of its batches, because a
// later window has to subtract each batch again. A batch never changes, so the batch is fetched to the driver and
// encoded once, when it is new. A checkpoint costs beyond that only the keys of the window, and the copying of bytes.
import type { BatchTime } from '@millrace/core';
import { ReleasingMap } from '@millrace/core/engine';
import type { Aggregate } from '../rdd/sliding-aggregates.ts';
import { hashPartition } from '../rdd/hash-partition.ts';
import { loadedRdd } from '../rdd/parallelize.ts';
import type { RDD } from '../rdd/rdd.ts';
import type { FetchSnapshotPartition, RestoredState } from '../graph/checkpointed-state.ts';
import {
  aggregateOf,
  describe,
  isWindowSnapshot,
  NOTHING,
  offerOf,
  windowChanged,
  WINDOW_FORMAT,
  type WindowSnapshot,
  type SnapshotDescriptor,
} from './window-snapshot.ts';
import type { LoadPartition } from '../graph/graph-stream.ts';
import type { StreamNode } from '../graph/stream-node.ts';
import type { WindowSpan } from './window-operator.ts';

/** The window and the batches to keep. */
export interface InverseWindowCheckpoint<K, V> {
  /** The time of the window. */
  readonly time: BatchTime;
  /** Batches up to this one are kept, also batches that no window contains yet. */
  readonly doneUpTo: BatchTime;
  readonly window: RDD<[K, Aggregate<V>]> | undefined;
}

/** The progress of an export. */
interface ExportProgress {
  readonly window: BatchTime;
  readonly batches: BatchTime;
}

/** Keeps the windows of one operator from checkpoint to checkpoint, and from driver to driver. */
export class InverseWindowSnapshots<K, V> {
  readonly #batches: StreamNode<[K, V]>;
  readonly #span: WindowSpan;
  readonly #partitions: number;
  /** Encoded batches, exported or restored, by time. */
  readonly #encoded = new ReleasingMap<BatchTime, Uint8Array>();
  /** The window that was exported last, or restored. */
  #window: { readonly time: BatchTime; readonly bytes: Uint8Array } | undefined;
  #restored: WindowSnapshot | undefined;
  /** The snapshot in the newest durable checkpoint, and the snapshot in the checkpoint that is being written. */
  #durable: WindowSnapshot | undefined;
  #exported: WindowSnapshot | undefined;
  /** The batch up to which the durable snapshot holds, also when there is no window. */
  #durableUpTo: ExportProgress | undefined;
  #exportedUpTo: ExportProgress | undefined;
  #offered: { readonly offer: SnapshotDescriptor; readonly read: FetchSnapshotPartition } | undefined;
  /** Dealt once for all partitions that read it; collected together with the bytes. */
  readonly #dealtOnce = new WeakMap<Uint8Array, readonly (readonly unknown[])[]>();

  constructor(options: {
    readonly batches: StreamNode<[K, V]>;
    readonly span: WindowSpan;
    readonly partitions: number;
  }) {
    this.#batches = options.batches;
    this.#span = options.span;
    this.#partitions = options.partitions;
  }

  // Exporting

  /** The state as of `doneUpTo`. Rejects with the errors of the jobs that read the window and its new batches. */
  async export(snapshot: InverseWindowCheckpoint<K, V>): Promise<WindowSnapshot> {
    const { time, doneUpTo, window } = snapshot;
    const zeroTime = this.#batches.zeroTime ?? time;
    const batchSlideMs = this.#batches.slideMs;
    const first = Math.max(time - this.#span.windowMs, zeroTime) + batchSlideMs;
    const times = this.#batches.timesBetween(first, doneUpTo);
    const batches = await Promise.all(times.map((at) => this.#encodedBatch(at)));
    const kept = this.#window;
    const bytes =
      window === undefined || kept?.time === time ? kept?.bytes : await this.#encodeWindow(window);
    this.#window = window === undefined || bytes === undefined ? undefined : { time, bytes };
    for (const at of this.#encoded.keys()) if (at < first) this.#encoded.delete(at);
    this.#exportedUpTo = { window: time, batches: doneUpTo };
    return (this.#exported = {
      ...this.#span,
      batchSlideMs,
      time: window === undefined ? null : time,
      window: window === undefined ? NOTHING : (this.#window?.bytes ?? NOTHING),
      batches: batches.flatMap((batch) => (batch === undefined ? [] : [batch])),
    });
  }

  /** The restored state, for a checkpoint that is written before the first export. */
  exportRestored(): WindowSnapshot {
    const batchSlideMs = this.#batches.slideMs;
    return this.#restored ?? { ...this.#span, batchSlideMs, time: null, window: NOTHING, batches: [] };
  }

  async #encodedBatch(time: BatchTime): Promise<readonly [BatchTime, Uint8Array] | undefined> {
    let bytes = this.#encoded.get(time);
    if (bytes === undefined) {
      const pairs = await this.#batches.getOrCompute(time)?.collect();
      if (pairs === undefined) return undefined;
      bytes = this.#codec.encodeRecords(pairs);
      this.#encoded.set(time, bytes);
    }
    return [time, bytes];
  }

  async #encodeWindow(window: RDD<[K, Aggregate<V>]>): Promise<Uint8Array> {
    const triples = (await window.collect()).map(([key, { value, batches }]) => [key, value, batches]);
    return this.#codec.encodeRecords(triples);
  }

  /** Notes that the latest export is durable. */
  checkpointed(): void {
    this.#durable = this.#exported;
    this.#durableUpTo = this.#exportedUpTo;
  }

  // Restoring

  /** Restores the export of an earlier driver. @throws `MR_GRAPH_WINDOW_CHANGED`. */
  restore(kind: string, { data, version }: RestoredState): void {
    const wanted = { ...this.#span, batchSlideMs: this.#batches.slideMs };
    if (version !== WINDOW_FORMAT || !isWindowSnapshot(data)) {
      throw windowChanged(kind, `is of version ${version} and cannot be read`, { version });
    }
    const { windowMs, slideMs, batchSlideMs } = data;
    const kept = { windowMs, slideMs, batchSlideMs };
    if (JSON.stringify(kept) !== JSON.stringify(wanted)) {
      throw windowChanged(kind, `is ${describe(kept)}, but now it is ${describe(wanted)}`, { kept, wanted });
    }
    this.#restored = data;
    this.#window = data.time === null ? undefined : { time: data.time, bytes: data.window };
    this.#durable = data;
    this.#exported = data;
    for (const [time, bytes] of data.batches) this.#encoded.set(time, bytes);
  }

  /** The kept window of this time, when it is not in an RDD. */
  windowAt(time: BatchTime): RDD<[K, Aggregate<V>]> | undefined {
    return this.#rdd(
      this.#hasRestored(time) || this.#offered !== undefined ? this.loadWindow(time) : undefined,
    );
  }

  /** The kept batch of this time, when it is not in an RDD. */
  batchAt(time: BatchTime): RDD<[K, V]> | undefined {
    return this.#rdd(
      this.#hasRestored(time) || this.#offered !== undefined ? this.loadBatch(time) : undefined,
    );
  }

  #hasRestored(time: BatchTime): boolean {
    const { time: windowTime, batches = [] } = this.#restored ?? {};
    return windowTime === time || batches.some(([at]) => at === time);
  }

  // Executors with a memory of their own: the driver keeps the snapshot and offers it to executors

  /** The description of the snapshot; `begin` is the time before the first batch here. */
  kept(begin: BatchTime): SnapshotDescriptor {
    const { window = begin, batches } = this.#durableUpTo ?? {};
    return offerOf(this.#durable, window, batches ?? begin);
  }

  /**
   * One place of the snapshot: the partitions of the window come first, then the partitions of the batch of the same
   * time.
   */
  read(time: BatchTime, place: number): Uint8Array | undefined {
    const records = this.#durable && this.#recordsIn(this.#durable, time, place);
    return records && this.#codec.encodeRecords(records);
  }

  /** Takes the driver's description of its snapshot, on an executor. */
  offer(offer: SnapshotDescriptor, read: FetchSnapshotPartition): void {
    this.#offered = { offer, read };
  }

  /** A loader of the window of this time; undefined when the window is not kept. */
  loadWindow(time: BatchTime): LoadPartition<[K, Aggregate<V>]> | undefined {
    const isKept = (offer: SnapshotDescriptor) => offer.hasWindow && offer.upTo === time;
    const load = this.#loader(time, { isKept, firstPlace: 0 });
    return load && (async (partition) => (await load(partition)).map(aggregateOf<K, V>));
  }

  /** A loader of the batch of this time; undefined when the batch is not kept. */
  loadBatch(time: BatchTime): LoadPartition<[K, V]> | undefined {
    const isKept = ({ batches }: SnapshotDescriptor) => batches.includes(time);
    const load = this.#loader(time, { isKept, firstPlace: this.#partitions });
    return load && (async (partition) => (await load(partition)) as [K, V][]);
  }

  /** The RDD that loads the snapshot holds the bytes, independent of later checkpoints. */
  #loader(
    time: BatchTime,
    what: { readonly isKept: (offer: SnapshotDescriptor) => boolean; readonly firstPlace: number },
  ): LoadPartition<unknown> | undefined {
    const { isKept, firstPlace } = what;
    const offered = this.#offered;
    if (offered !== undefined) {
      if (!isKept(offered.offer)) return undefined;
      return async (partition) => this.#codec.decodeRecords(await offered.read(time, firstPlace + partition));
    }
    const kept = [this.#restored, this.#durable].find((data) => data && isKept(offerOf(data, time)));
    return kept && (async (partition) => this.#recordsIn(kept, time, firstPlace + partition) ?? []);
  }

  #recordsIn(kept: WindowSnapshot, time: BatchTime, place: number): readonly unknown[] | undefined {
    const isBatch = place >= this.#partitions;
    const batch = kept.batches.find(([at]) => at === time)?.[1];
    const bytes = isBatch ? batch : kept.time === time ? kept.window : undefined;
    if (bytes === undefined) return undefined;
    return this.#dealt(bytes)[isBatch ? place - this.#partitions : place];
  }

  /**
   * The kept pairs by partition: the earlier program may have had other partitions, so keys may belong elsewhere now.
   */
  #dealt(bytes: Uint8Array): readonly (readonly unknown[])[] {
    const dealt = this.#dealtOnce.get(bytes);
    if (dealt !== undefined) return dealt;
    const partitions = Array.from({ length: this.#partitions }, (): unknown[] => []);
    for (const record of this.#codec.decodeRecords(bytes) as (readonly unknown[])[])
      partitions[hashPartition(record[0], this.#partitions)]?.push(record);
    this.#dealtOnce.set(bytes, partitions);
    return partitions;
  }

  /** Drops restored batches up to this one, which no window reads any more. */
  forget(upTo: BatchTime): void {
    const last = this.#restored?.batches.at(-1)?.[0] ?? this.#restored?.time;
    if (typeof last !== 'number' || last <= upTo) this.#restored = undefined;
  }

  /**
   * Without a name: the names of other RDDs of a batch must be the same, whether this RDD is loaded or was computed
   * here.
   */
  #rdd<U>(load: LoadPartition<[K, U]> | undefined): RDD<[K, U]> | undefined {
    if (load === undefined) return undefined;
    const { environment } = this.#batches.scope;
    const options = { hashPartitioned: true, isUnordered: true, load };
    return environment.defineUnnamed(loadedRdd<[K, U]>(this.#partitions, options));
  }

  get #codec() {
    return this.#batches.scope.codec;
  }
}
