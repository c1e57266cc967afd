// Where checkpoints are kept. A checkpoint is data, never code (ADR 0004): bytes under a batch time. What is large and
// changes little stands in parts beside it, which are written once and used by many checkpoints.
import type { BatchTime } from './identifiers.ts';
import { portToken } from './port-token.ts';

/** A checkpoint that was read back. */
export interface StoredCheckpoint {
  readonly batchTime: BatchTime;
  readonly bytes: Uint8Array;
}

/**
 * Keeps checkpoints. Called by the driver, one call at a time.
 */
export interface CheckpointStore {
  /** Writes a checkpoint so that a reader finds all of it or none of it, and resolves when it is durable. */
  write(batchTime: BatchTime, bytes: Uint8Array): Promise<void>;

  /**
   * The newest checkpoint that can be read and that `accept` takes. Older ones are tried in turn; each that is
   * passed over is logged. Undefined when there is none at all.
   *
   * @throws `MR_CHECKPOINT_UNREADABLE` when there are checkpoints but none is readable.
   */
  newest(
    accept?: (checkpoint: StoredCheckpoint) => boolean | Promise<boolean>,
  ): Promise<StoredCheckpoint | undefined>;

  /** The times of all checkpoints, oldest first. */
  list(): Promise<readonly BatchTime[]>;

  /** Removes all but the newest `keep`; `keep` is at least 1. */
  prune(keep: number): Promise<void>;

  /**
   * Writes a part: bytes beside the checkpoints, under a whole number, which checkpoints that are written later name.
   * All or nothing, and durable when it resolves, as with a checkpoint.
   */
  writePart(part: number, bytes: Uint8Array): Promise<void>;

  /** Reads a part. @throws `MR_CHECKPOINT_PART_UNREADABLE` when there is none, or it is damaged. */
  readPart(part: number): Promise<Uint8Array>;

  /** The numbers of all parts, smallest first. */
  listParts(): Promise<readonly number[]>;

  /** Removes a part; one that is not there is no error. */
  removePart(part: number): Promise<void>;
}

/** The token of the store. Nothing is bound by default: without it, there are no checkpoints. */
export const CheckpointStore = portToken<CheckpointStore>('CheckpointStore');
