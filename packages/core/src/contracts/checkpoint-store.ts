// Storage of checkpoints. A checkpoint is data, never code (ADR 0004): bytes under a batch time. Large data with few
// changes is stored beside the checkpoint in parts. A part is written once and used by many checkpoints.
import type { BatchTime } from './identifiers.ts';
import { portToken } from './port-token.ts';
import type { Reach } from './reach.ts';

/** A checkpoint read from the store. */
export interface StoredCheckpoint {
  readonly batchTime: BatchTime;
  readonly bytes: Uint8Array;
}

/**
 * Stores checkpoints. Called by the driver, one call at a time.
 *
 * A store that several drivers reach is taken over by the first call of the newest driver. Every later change by another
 * driver is refused with `MR_CHECKPOINT_FENCED` (disposition `stop-engine`) and leaves the store as it is.
 */
export interface CheckpointStore {
  /** From where a later driver finds the checkpoints. Default `'host'`. */
  readonly reach?: Reach;

  /**
   * Writes a checkpoint atomically: a reader finds all of the bytes or none. Resolves when the checkpoint is durable.
   */
  write(batchTime: BatchTime, bytes: Uint8Array): Promise<void>;

  /**
   * The newest readable checkpoint that `accept` takes. Older checkpoints are tried in turn; each rejected checkpoint
   * is logged. Undefined when the store is empty.
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
   * Writes a part: bytes beside the checkpoints, under a whole number. Later checkpoints refer to the part by its
   * number. The write is atomic, and durable when the promise resolves, as with a checkpoint.
   */
  writePart(part: number, bytes: Uint8Array): Promise<void>;

  /** Reads a part. @throws `MR_CHECKPOINT_PART_UNREADABLE` when the part is absent or damaged. */
  readPart(part: number): Promise<Uint8Array>;

  /** The numbers of all parts, smallest first. */
  listParts(): Promise<readonly number[]>;

  /** Removes a part; an unknown part is not an error. */
  removePart(part: number): Promise<void>;
}

/** The token of the store. Nothing is bound by default: without a store, the engine writes no checkpoints. */
export const CheckpointStore = portToken<CheckpointStore>('CheckpointStore');
