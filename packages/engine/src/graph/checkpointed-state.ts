// The hook of operators that keep state from batch to batch. A checkpoint exports the state as data, and recovery
// restores the data; neither interprets it. Large data goes into parts beside the checkpoint. A part is written once
// and named by every checkpoint that needs it, so a checkpoint need not repeat unchanged data.
import type { BatchTime, Codec } from '@millrace/core';

/** The store for large data of operators. */
export interface CheckpointParts {
  readonly codec: Codec;
  /**
   * Writes a part; resolves with its number when the part is durable. The part stays as long as a checkpoint names it.
   */
  write(bytes: Uint8Array): Promise<number>;
  /** Reads a part that a checkpoint names. @throws `MR_CHECKPOINT_PART_UNREADABLE`. */
  read(part: number): Promise<Uint8Array>;
}

/** State as a checkpoint returns it. */
export interface RestoredState {
  /** The result of `exportState`. */
  readonly data: unknown;
  /** The schema version of the export. */
  readonly version: number;
  /** The batch up to which the state counts. */
  readonly batchTime: BatchTime;
  readonly parts: CheckpointParts;
}

/** The state of an operator. */
export interface CheckpointedState {
  /** The schema version of exported data, from 1 up; data of an older version has to be migrated. */
  readonly version: number;

  /**
   * True: the log of batches and their inputs is enough to restore the state, without any checkpoint. Default false.
   */
  readonly isInLog?: boolean;

  /**
   * True: the state can be computed again from remembered batches; checkpoints only save a restart this work. Default
   * false.
   */
  readonly canBeMadeAnew?: boolean;

  /**
   * The state after this batch, without the changes of later batches: data that the engine's codec accepts. Called
   * after the batch and all earlier batches are done; a rejection fails this checkpoint, and the next checkpoint asks
   * again.
   */
  exportState(batchTime: BatchTime, parts: CheckpointParts): unknown;

  /** Called when the checkpoint with the latest export is durable. Default: no action. */
  checkpointed?(): void;

  /** The parts that exported data needs. Default: none. */
  partsOf?(data: unknown): readonly number[];

  /** Restores the state, before the first batch. An error ends the start. */
  restoreState(state: RestoredState): void | Promise<void>;

  /**
   * The state's access for executors that do not share the driver's memory. Absent: the operator works only in shared
   * memory.
   */
  readonly shared?: SharedState;
}

/** A batch from which an operator can begin anew, as data that travels with tasks; operators may add fields. */
export interface StateSnapshot {
  /** The effects of this batch and of all earlier batches are in the snapshot. */
  readonly upTo: BatchTime;
}

/**
 * Reads the driver's snapshot of one partition of a batch. Rejects with disposition `retry` when the snapshot has
 * moved.
 */
export type FetchSnapshotPartition = (batchTime: BatchTime, partition: number) => Promise<Uint8Array>;

/**
 * The state of an operator over executors that each have a copy of the program. Partitions live on executors and die
 * with the executor. The driver keeps a snapshot, which moves on with checkpoints. Until the snapshot moves, the driver
 * also keeps the data for computing later batches again. An executor without a needed partition loads the snapshot and
 * continues from there.
 */
export interface SharedState {
  /** On the driver: the present snapshot. */
  snapshot(): StateSnapshot;

  /** On the driver: the records of one partition of the snapshot, as bytes. @throws `MR_STATE_SNAPSHOT_SUPERSEDED`. */
  fetchSnapshot: FetchSnapshotPartition;

  /**
   * On driver and executors: forgets the lineage of everything up to the snapshot, and loads absent data with `read`.
   * The same snapshot may come again.
   */
  adopt(snapshot: StateSnapshot, read: FetchSnapshotPartition): void;
}
