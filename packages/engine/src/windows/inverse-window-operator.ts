// Sliding windows by key, with an inverse function. The window of a batch is the previous window, minus the batches
// that left, plus the batches that entered. The cost follows from the change, not from the length of the window.
//
//   batches, every 1 s        │ 1 │ 2 │ 3 │ 4 │ 5 │
//   window 3 s                └───[1,2,3] = [1,2] + 3
//                                 └──[2,3,4] = [1,2,3] - 1 + 4
//
// Each window is made from the previous window. Every window is therefore computed in each job that reads the window,
// kept in memory, and cut off from its lineage (`materialize`). A checkpoint has the window and its batches, so that a new
// driver continues with both.
import type { BatchTime } from '@millrace/core';
import { ReleasingMap } from '@millrace/core/engine';
import type { Aggregate } from '../rdd/sliding-aggregates.ts';
import type { RDD } from '../rdd/rdd.ts';
import type { Pair } from '../rdd/pair.ts';
import { slidingAggregates } from '../rdd/sliding-aggregates.ts';
import type { BatchOf } from '../graph/graph-stream.ts';
import { multipleOfSlideMs } from '../graph/checked-argument.ts';
import type { CheckpointedState, FetchSnapshotPartition } from '../graph/checkpointed-state.ts';
import { dstreamError } from '../graph/dstream-errors.ts';
import { holdWithStates } from '../graph/held-states.ts';
import { snapshotSuperseded } from '../graph/shared-states.ts';
import type { StreamNode } from '../graph/stream-node.ts';
import type { StreamOperator } from '../graph/stream-operator.ts';
import type { SnapshotDescriptor } from './window-snapshot.ts';
import { InverseWindowSnapshots } from './inverse-window-snapshots.ts';
import type { WindowSpan } from './window-operator.ts';

/** The definition of a window with an inverse function. */
export interface InverseWindowOptions<K, V, U> {
  /** The operator's name, for ids and errors. */
  readonly kind: string;
  /** Each batch with each key once, hashed into `partitions` partitions. */
  readonly batches: StreamNode<[K, V]>;
  readonly span: WindowSpan;
  readonly partitions: number;
  readonly fn: (left: V, right: V) => V;
  readonly inverse: (value: V, gone: V) => V;
  /** True when keys stay after all their values have left the window. */
  readonly keepsAbsent: boolean;
  /** Makes the RDD of the stream from a window. */
  readonly build: (window: RDD<[K, Aggregate<V>]>) => RDD<U>;
}

/** The description of a window that executors get. */
interface InverseWindowSnapshot extends SnapshotDescriptor {
  /** See `#beganAfter`. */
  readonly beganAfter: BatchTime;
}

type Window<K, V> = RDD<[K, Aggregate<V>]>;

/** See the header of this file. */
export class InverseWindowOperator<K, V, U> implements StreamOperator<U> {
  readonly kind: string;
  readonly parents: readonly [StreamNode<[K, V]>];
  readonly hidden: readonly [StreamNode<[K, V]>];
  readonly slideMs: number;
  readonly reachBackMs: number;
  readonly partitions: number;
  readonly #options: InverseWindowOptions<K, V, U>;
  readonly #memory: InverseWindowSnapshots<K, V>;
  readonly #windows = new ReleasingMap<BatchTime, Window<K, V>>();
  readonly #materializing = new Map<BatchTime, Promise<void>>();
  /** Windows whose computation failed, so no window can follow from these. */
  readonly #failed = new Set<BatchTime>();
  /** Windows up to this one cannot be followed from, unless the snapshots have the window. */
  #beganAfter: BatchTime = Number.NEGATIVE_INFINITY;
  /**
   * Windows up to this one cannot be computed any more: each is present or in the snapshot. Minus infinity where memory
   * is shared.
   */
  #snapshotUpTo: BatchTime = Number.NEGATIVE_INFINITY;
  /** The same for batches: a snapshot also has the batches after its window, which a later window takes in. */
  #snapshotBatchesUpTo: BatchTime = Number.NEGATIVE_INFINITY;
  #stream: StreamNode<U> | undefined;

  /** @throws `MR_GRAPH_INVALID_ARGUMENT`, `MR_GRAPH_DURATION_NOT_MULTIPLE`. */
  constructor(options: InverseWindowOptions<K, V, U>) {
    const { kind, batches, span, partitions } = options;
    this.kind = kind;
    this.parents = [batches];
    this.hidden = [batches];
    this.slideMs = multipleOfSlideMs(kind, 'slideMs', span.slideMs, batches);
    this.reachBackMs = multipleOfSlideMs(kind, 'windowMs', span.windowMs, batches);
    this.partitions = partitions;
    this.#options = options;
    this.#memory = new InverseWindowSnapshots({ batches, span, partitions });
    batches.persist();
  }

  attach(stream: StreamNode<U>): void {
    this.#stream = stream;
  }

  /** The batches that entered since the previous window; older batches are computed, or in the snapshots. */
  asksFor(batchTime: BatchTime): readonly BatchOf[] {
    const { batches } = this.#options;
    const after = Math.max(batchTime - this.slideMs, this.#recoveredUpTo, this.#snapshotBatchesUpTo);
    return batches.timesBetween(after + 1, batchTime).map((time) => [batches, time]);
  }

  compute(batchTime: BatchTime): RDD<U> | undefined {
    const kept = this.#memory.windowAt(batchTime);
    if (kept === undefined && batchTime <= this.#recoveredUpTo && !this.#canBeMadeAnew) return undefined;
    const window = (kept ?? this.#move(batchTime)).pin();
    const result = this.#options.build(window);
    this.#windows.set(batchTime, window);
    return result;
  }

  /** Computes the window of the batch, unless already computed, and cuts the window off from earlier windows. */
  materialize(batchTime: BatchTime): Promise<void> {
    const time = this.#started().lastTimeUpTo(batchTime);
    const materializing = this.#materializing.get(time) ?? this.#materialize(time);
    this.#materializing.set(time, materializing);
    return materializing;
  }

  abandon(doneUpTo: BatchTime): void {
    for (const time of this.#failed) {
      if (time > doneUpTo) continue;
      // The batch was given up. The next batch makes the window anew, from the batches themselves.
      this.#failed.delete(time);
      this.#windows.delete(time);
      this.#beganAfter = Math.max(this.#beganAfter, time);
    }
  }

  forget(rememberedAfter: BatchTime): void {
    for (const kept of [this.#windows, this.#materializing]) {
      for (const time of kept.keys()) if (time <= rememberedAfter) kept.delete(time);
    }
    this.#memory.forget(rememberedAfter - this.reachBackMs);
  }

  get state(): CheckpointedState {
    return {
      version: 1,
      canBeMadeAnew: this.#canBeMadeAnew,
      exportState: (batchTime) => this.#exportState(batchTime),
      checkpointed: () => this.#memory.checkpointed(),
      restoreState: (state) => this.#memory.restore(this.kind, state),
      shared: {
        snapshot: () => this.#snapshot(),
        fetchSnapshot: async (batchTime, partition) => this.#fetchSnapshot(batchTime, partition),
        adopt: (snapshot, read) => this.#adopt(snapshot as InverseWindowSnapshot, read),
      },
    };
  }

  /** Keys that stay after their values have left exist nowhere else, and so does the state before the batches. */
  get #canBeMadeAnew(): boolean {
    const { keepsAbsent, batches } = this.#options;
    return !keepsAbsent && !batches.dependsOnKeptState;
  }

  // For executors with a memory of their own. Such executors compute the batches of a window from the given inputs,
  // except for the batches in the snapshot: these may depend on state that no longer exists.

  #snapshot(): InverseWindowSnapshot {
    return {
      ...this.#memory.kept(Math.max(this.#zeroTime(), this.#recoveredUpTo)),
      beganAfter: this.#beganAfter,
    };
  }

  #fetchSnapshot(batchTime: BatchTime, place: number): Uint8Array {
    const bytes = this.#memory.read(batchTime, place);
    if (bytes === undefined) throw snapshotSuperseded(this.kind, batchTime);
    return bytes;
  }

  #adopt(snapshot: InverseWindowSnapshot, read: FetchSnapshotPartition): void {
    const { batches } = this.#options;
    this.#beganAfter = Math.max(this.#beganAfter, snapshot.beganAfter);
    if (this.#snapshotBatchesUpTo >= snapshot.batchesUpTo) return;
    this.#snapshotUpTo = Math.max(this.#snapshotUpTo, snapshot.upTo);
    this.#snapshotBatchesUpTo = snapshot.batchesUpTo;
    if (batches.scope.place === 'executor') this.#memory.offer(snapshot, read);
    const { upTo, batchesUpTo } = snapshot;
    for (const [time, window] of this.#windows) {
      if (time > upTo) continue;
      const load = this.#memory.loadWindow(time);
      if (load === undefined) window.cutLineage();
      else window.rebase(load);
    }
    batches.rebase(batchesUpTo, (time) => this.#memory.loadBatch(time));
  }

  /** Batches go on while a checkpoint reads, so the data that the checkpoint reads must not be forgotten meanwhile. */
  async #exportState(batchTime: BatchTime): Promise<unknown> {
    const stream = this.#stream;
    if (stream?.zeroTime === undefined || batchTime <= this.#recoveredUpTo)
      return this.#memory.exportRestored();
    const time = stream.lastTimeUpTo(batchTime);
    const releases = [stream.hold(time), holdWithStates(this.#options.batches, time - this.reachBackMs)];
    try {
      return await this.#memory.export({ time, doneUpTo: batchTime, window: this.#windowAt(time) });
    } finally {
      for (const release of releases) release();
    }
  }

  async #materialize(time: BatchTime): Promise<void> {
    const window = this.#windows.get(time);
    if (window === undefined || window.isCut || time <= this.#snapshotUpTo) return;
    try {
      await window.count();
      if (this.#options.batches.scope.place !== 'driver') window.cutLineage();
      this.#failed.delete(time);
    } catch (error) {
      this.#failed.add(time);
      this.#materializing.delete(time);
      throw error;
    }
  }

  /** The window of a batch, made from the previous window. */
  #move(batchTime: BatchTime): Window<K, V> {
    const { batches, partitions, fn, inverse, keepsAbsent } = this.#options;
    const { windowMs } = this.#options.span;
    if (batchTime <= this.#snapshotUpTo) throw windowForgotten(this.kind, batchTime, this.#snapshotUpTo);
    const before = this.#started().timeBefore(batchTime);
    const previous = this.#windowAt(before);
    const begin = batchTime - windowMs + batches.slideMs;
    // Records that both windows share stay in place. The windows share nothing when the slide is longer than the
    // window, or when the batches in between were skipped.
    const lastToLeave = Math.min(before, batchTime - windowMs);
    return slidingAggregates<K, V>({
      environment: batches.scope.environment,
      partitions,
      previous,
      leaving:
        previous === undefined ? [] : this.#batchesBetween(before - windowMs + batches.slideMs, lastToLeave),
      entering: this.#batchesBetween(
        previous === undefined ? begin : Math.max(begin, before + batches.slideMs),
        batchTime,
      ),
      fn,
      inverse,
      keepsAbsent,
    });
  }

  /** The window to follow from; undefined when there is none, and the next window is made of its batches alone. */
  #windowAt(time: BatchTime): Window<K, V> | undefined {
    const begunAfter = Math.max(this.#zeroTime(), this.#recoveredUpTo, this.#beganAfter, this.#snapshotUpTo);
    if (time > begunAfter) this.#makeUpTo(time, begunAfter);
    const isGivenUp = time > this.#snapshotUpTo && time <= this.#beganAfter;
    if (isGivenUp && this.#options.batches.scope.place === 'executor') return undefined;
    return this.#windows.get(time) ?? this.#memory.windowAt(time);
  }

  /** Computes missing windows, oldest first: recursion over many windows could overflow the stack. */
  #makeUpTo(time: BatchTime, begunAfter: BatchTime): void {
    const missing: BatchTime[] = [];
    const stream = this.#started();
    for (let at = time; at > begunAfter && !this.#windows.has(at); at = stream.timeBefore(at))
      missing.push(at);
    for (const at of missing.toReversed()) stream.getOrCompute(at);
  }

  /** The batches of a span, both ends included, oldest first. */
  #batchesBetween(from: BatchTime, to: BatchTime): RDD<Pair<K, V>>[] {
    const { batches } = this.#options;
    return batches
      .timesBetween(from, to)
      .map((time) => batches.madeAt(time) ?? this.#memory.batchAt(time) ?? batches.getOrCompute(time))
      .filter((rdd) => rdd !== undefined);
  }

  get #recoveredUpTo(): BatchTime {
    return this.#options.batches.recoveredUpTo;
  }

  /** Called by a batch only, so the graph has started. */
  #started(): StreamNode<U> {
    if (this.#stream?.zeroTime === undefined)
      throw new TypeError(`${this.kind} was asked for a batch before its graph started`);
    return this.#stream;
  }

  #zeroTime(): BatchTime {
    return this.#started().zeroTime ?? 0;
  }
}

function windowForgotten(kind: string, batchTime: BatchTime, keptFrom: BatchTime): Error {
  return dstreamError(
    'MR_GRAPH_WINDOW_FORGOTTEN',
    `the window of ${kind} in batch ${batchTime} was on a dead executor, and only the window of batch ${keptFrom} can be restored; a window over the stream retains earlier batches, slice does not`,
    { details: { kind, batchTime, keptFrom } },
  );
}
