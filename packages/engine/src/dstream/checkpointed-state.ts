// The hook of operators that remember something from batch to batch. A checkpoint asks them for it as data, recovery
// gives it back; neither knows what it means.
import type { BatchTime } from '@millrace/core';

/** State as it comes back from a checkpoint. */
export interface RestoredState {
  /** What `exportState` answered. */
  readonly data: unknown;
  /** The schema version it was exported with. */
  readonly version: number;
  /** The batch up to which it counts. */
  readonly batchTime: BatchTime;
}

/** An operator's state. */
export interface CheckpointedState {
  /** The schema version of what is exported, from 1 up; what an older one exported has to be migrated. */
  readonly version: number;

  /**
   * The state after this batch, whatever later batches have made of it: data that the engine's codec takes. Called
   * after the batch and all before it are done with; a rejection fails this checkpoint, and the next one asks again.
   */
  exportState(batchTime: BatchTime): unknown;

  /** Takes the state back, before the first batch. What it throws ends the start. */
  restoreState(state: RestoredState): void | Promise<void>;
}
