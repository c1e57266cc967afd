// A stream from the view of its graph and of the operators that read it: identity, state, times and RDDs. `StreamNode`
// implements the interface. The files of this folder know a stream by the interface alone, so that a stream can know its
// graph.
import type { BatchTime } from '@millrace/core';
import type { ForgottenData } from '../batches/job-graph.ts';
import type { Action } from '../rdd/action.ts';
import type { RDD } from '../rdd/rdd.ts';
import type { CheckpointedState } from './checkpointed-state.ts';
import type { StreamServices } from './stream-services.ts';

/** Loads the records of a partition that is on no executor. */
export type LoadPartition<T> = (partition: number) => Promise<readonly T[]>;

/** A batch of a stream. */
export type BatchOf = readonly [stream: GraphStream<unknown>, batchTime: BatchTime];

/** A stream of the graph: a row of RDDs, one for every batch time at which the stream slides. */
export interface GraphStream<out T> {
  readonly scope: StreamServices;
  /** The operation in one word: `map`, `window`, `queue`. */
  readonly kind: string;
  /** The time from one RDD to the next, in milliseconds. */
  readonly slideMs: number;
  /** The streams from which the RDDs are made; empty for an input. */
  readonly parents: readonly GraphStream<unknown>[];
  /** The place of the stream in the order of the program's definitions, from 0. */
  readonly position: number;

  // Identity

  /**
   * Names the operator, the same on every executor and in every run of the same program: its uid, or else position and
   * kind, for instance `3-map`.
   */
  readonly id: string;
  /** The id under which programs and observers know the stream: of a hidden stream, the id of the stream in front. */
  readonly shownId: string;
  /** True when the program gave the operator a uid. */
  readonly hasUid: boolean;
  /** The former uids of the operator, under which an older checkpoint may have its state. */
  readonly formerIds: readonly string[];
  /** Further values that have to be equal on driver and executors, besides kind, slide and parents. */
  readonly settings: readonly (number | string | null)[];

  // State

  /** The state that the stream keeps from batch to batch beyond its RDDs; undefined for a stream without state. */
  readonly state: CheckpointedState | undefined;
  /** True when the stream has state that the inputs of its batches alone cannot restore. */
  readonly remembers: boolean;
  /** True when a restart cannot compute the state anew from the batches of its inputs. */
  readonly remembersAlone: boolean;
  /** True when an ancestor of the stream has state. */
  readonly dependsOnState: boolean;
  /** True when an ancestor of the stream has state that exists only in checkpoints after a restart. */
  readonly dependsOnKeptState: boolean;

  // Time

  /** The time before the first batch; undefined until the graph starts, and for a stream that no output reads. */
  readonly zeroTime: BatchTime | undefined;
  /** The latest batch of an earlier driver; minus infinity without a restart. */
  readonly recoveredUpTo: BatchTime;
  /** The time that RDDs are kept, in milliseconds; computed when the graph starts. */
  readonly rememberMs: number;
  /** The time that parents have to keep their RDDs, in milliseconds. */
  readonly parentRememberMs: number;
  /** Called once by the graph when it starts. */
  initialize(zeroTime: BatchTime): void;
  /** Keeps RDDs at least this long. Called by the graph, before the first batch. */
  remember(durationMs: number): void;
  /**
   * True when the stream has an RDD at this time: after the zero time, by a multiple of the slide, and not skipped.
   *
   * @throws `MR_GRAPH_NOT_STARTED`.
   */
  isTimeValid(batchTime: BatchTime): boolean;

  // RDDs

  /** The RDD of a batch, made at the first call and kept; undefined when the batch has no RDD. */
  getOrCompute(batchTime: BatchTime): RDD<T> | undefined;
  /** The parents' batches from which the RDD of a batch is made, as far as known beforehand. Empty for an input. */
  asksFor(batchTime: BatchTime): readonly BatchOf[];
  /** Makes the RDD of a batch that is not made yet. Only for `BatchWalk`: all other callers use `getOrCompute`. */
  makeNow(batchTime: BatchTime): RDD<T> | undefined;
  /** The RDD of a batch if already made and still kept. */
  madeAt(batchTime: BatchTime): RDD<T> | undefined;
  /** The RDDs of the times `from` to `to`, both included, oldest first, each with its time. */
  batchesBetween(from: BatchTime, to: BatchTime): [BatchTime, RDD<T>][];
  /**
   * Forgets the lineage of RDDs up to batch `upTo`: RDDs with a copy elsewhere are loaded from now on, all other RDDs
   * keep only their cached partitions.
   */
  rebase(upTo: BatchTime, loadOf: (batchTime: BatchTime) => LoadPartition<T> | undefined): void;
  /** Holds the batches from this one on, however old, until the returned function is called. */
  hold(from: BatchTime): () => void;

  // Batches

  /**
   * Called in every job of a batch at which the stream slides, on the driver, before the job's own work. A stream whose
   * batches follow from earlier batches computes this batch now, completely, whether or not outputs read it. The stream
   * then drops the lineage, so that the past does not grow. Undefined: nothing to do. May be called several times for a
   * batch; a rejection fails the job.
   */
  materialize(batchTime: BatchTime): Promise<void> | undefined;
  /**
   * An action that only this stream knows, by its portable name; for executors with a copy of the program. The stream
   * calls the action on its own RDDs.
   */
  findAction(name: string): Action<T, unknown, unknown> | undefined;
  /**
   * Called on the driver when `doneUpTo` and all earlier batches are done, before anything is forgotten: a batch that
   * is not computed yet was given up.
   */
  abandon(doneUpTo: BatchTime): void;
  /** Forgets RDDs older than `rememberMs`, now that `batchTime` and all earlier batches are done. */
  clearMetadata(batchTime: BatchTime): ForgottenData;
}
