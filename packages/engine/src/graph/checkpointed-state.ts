// The hook of operators that remember something from batch to batch. A checkpoint asks them for it as data, recovery
// gives it back; neither knows what it means. What is large goes into parts beside the checkpoint, which are written
// once and named by as many checkpoints as need them: so a checkpoint need not repeat what has not changed.
import type { BatchTime, Codec } from '@millrace/core';

/** Where operators put what is large. */
export interface CheckpointParts {
  readonly codec: Codec;
  /** Writes a part; resolves with its number when it is durable. It stays as long as a checkpoint names it. */
  write(bytes: Uint8Array): Promise<number>;
  /** Reads a part that a checkpoint names. @throws `MR_CHECKPOINT_PART_UNREADABLE`. */
  read(part: number): Promise<Uint8Array>;
}

/** State as it comes back from a checkpoint. */
export interface RestoredState {
  /** What `exportState` answered. */
  readonly data: unknown;
  /** The schema version it was exported with. */
  readonly version: number;
  /** The batch up to which it counts. */
  readonly batchTime: BatchTime;
  readonly parts: CheckpointParts;
}

/** An operator's state. */
export interface CheckpointedState {
  /** The schema version of what is exported, from 1 up; what an older one exported has to be migrated. */
  readonly version: number;

  /** True: the log of batches and their inputs is enough to know it again, without any checkpoint. Default false. */
  readonly isInLog?: boolean;

  /** True: checkpoints only spare a restart the work of making it again from remembered batches. Default false. */
  readonly canBeMadeAnew?: boolean;

  /**
   * The state after this batch, whatever later batches have made of it: data that the engine's codec takes. Called
   * after the batch and all before it are done with; a rejection fails this checkpoint, and the next one asks again.
   */
  exportState(batchTime: BatchTime, parts: CheckpointParts): unknown;

  /** The checkpoint that was given the latest export is durable. Default: nobody has to know. */
  checkpointed?(): void;

  /** The parts that exported data needs. Default: none. */
  partsOf?(data: unknown): readonly number[];

  /** Takes the state back, before the first batch. What it throws ends the start. */
  restoreState(state: RestoredState): void | Promise<void>;

  /** How executors have it that do not share the driver's memory. Absent: it works only where memory is shared. */
  readonly shared?: SharedState;
}

/** Where an operator can begin anew, as data that travels with tasks; it may say more. */
export interface StateSnapshot {
  /** Whatever counts of this batch and the ones before is in the snapshot. */
  readonly upTo: BatchTime;
}

/** Reads what a driver keeps of one partition of a batch. Rejects with disposition `retry` when the snapshot has moved. */
export type FetchSnapshotPartition = (batchTime: BatchTime, partition: number) => Promise<Uint8Array>;

/**
 * The state of an operator over executors that each have a copy of the program. Partitions live on executors and die
 * with them. The driver keeps a snapshot, which moves on with checkpoints; until it does, the driver also keeps what it takes
 * to compute later batches again. So an executor that needs a partition and has none loads the snapshot and goes on from there.
 */
export interface SharedState {
  /** On the driver: what it keeps now. */
  snapshot(): StateSnapshot;

  /** On the driver: the records of one partition of the snapshot, as bytes. @throws `MR_STATE_SNAPSHOT_SUPERSEDED`. */
  fetchSnapshot: FetchSnapshotPartition;

  /**
   * On driver and executors: forgets how everything up to the snapshot was made, and loads it with `read` where it is not
   * there. The same snapshot may come again.
   */
  adopt(snapshot: StateSnapshot, read: FetchSnapshotPartition): void;
}
