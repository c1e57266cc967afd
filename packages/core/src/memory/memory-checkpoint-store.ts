// Checkpoints with the lifetime of this object: for tests, and for programs that restart a context inside one process.
// The store fulfils every rule of the port except the rule that needs a disk.
import type { CheckpointStore, StoredCheckpoint } from '../contracts/checkpoint-store.ts';
import type { BatchTime } from '../contracts/identifiers.ts';
import type { Logger } from '../contracts/logger.ts';
import type { Reach } from '../contracts/reach.ts';
import { checkpointError, partError } from '../checkpoint/unreadable-checkpoints.ts';
import { NoopLogger } from './noop-logger.ts';
import { ReleasingMap } from './releasing-map.ts';

/** Options of a memory checkpoint store. */
export interface MemoryCheckpointStoreOptions {
  /** Receives a line for each rejected checkpoint. Default: no logging. */
  readonly log?: Logger;
}

/** Stores checkpoints in memory. */
export class MemoryCheckpointStore implements CheckpointStore {
  readonly reach: Reach = 'process';
  readonly #log: Logger;
  readonly #checkpoints = new ReleasingMap<BatchTime, Uint8Array>();
  readonly #parts = new ReleasingMap<number, Uint8Array>();

  constructor(options: MemoryCheckpointStoreOptions = {}) {
    this.#log = options.log ?? new NoopLogger();
  }

  /** Stores a copy; a checkpoint of the same time is replaced. */
  async write(batchTime: BatchTime, bytes: Uint8Array): Promise<void> {
    this.#checkpoints.set(batchTime, bytes.slice());
  }

  /** @throws `MR_CHECKPOINT_UNREADABLE` when there are checkpoints and `accept` rejects every one. */
  async newest(
    accept?: (checkpoint: StoredCheckpoint) => boolean | Promise<boolean>,
  ): Promise<StoredCheckpoint | undefined> {
    const times = (await this.list()).toReversed();
    for (const batchTime of times) {
      const checkpoint = { batchTime, bytes: this.#checkpoints.get(batchTime)?.slice() ?? new Uint8Array() };
      if (accept === undefined || (await accept(checkpoint))) return checkpoint;
      this.#log.warn('a checkpoint was skipped', { batchTime, reason: 'it was not accepted' });
    }
    if (times.length > 0) throw checkpointError('memory', times.length);
    return undefined;
  }

  async list(): Promise<readonly BatchTime[]> {
    return [...this.#checkpoints.keys()].toSorted((a, b) => a - b);
  }

  /** @throws TypeError unless `keep` is a whole number from 1 up. */
  async prune(keep: number): Promise<void> {
    if (!Number.isSafeInteger(keep) || keep < 1) throw new TypeError(`keep must be at least 1, got ${keep}`);
    for (const batchTime of (await this.list()).slice(0, -keep)) this.#checkpoints.delete(batchTime);
  }

  /** Stores a copy. */
  async writePart(part: number, bytes: Uint8Array): Promise<void> {
    this.#parts.set(part, bytes.slice());
  }

  async readPart(part: number): Promise<Uint8Array> {
    const bytes = this.#parts.get(part);
    if (bytes === undefined) throw partError('memory', part, 'there is none');
    return bytes.slice();
  }

  async listParts(): Promise<readonly number[]> {
    return [...this.#parts.keys()].toSorted((a, b) => a - b);
  }

  async removePart(part: number): Promise<void> {
    this.#parts.delete(part);
  }
}
