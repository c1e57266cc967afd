// Writes checkpoints beside the batches without delaying a batch: one at a time, always of the newest moment, so that a
// slow disk gets fewer checkpoints and not a queue. A failed checkpoint is logged and tried again with the next batch.
// Until then nothing is cleaned up in the logs: the logs grow, while memory does not. A writer that falls behind
// reports the delay with a code. A store that refuses for good ends the engine.
import type { BatchTime, CheckpointStore, Clock, Codec, Logger } from '@millrace/core';
import { engineStopper, serializeError } from '@millrace/core/engine';
import type { CheckpointInfo } from '@millrace/core/observation';
import type { Holdings } from '../holdings.ts';
import type { CheckpointParts } from '../graph/checkpointed-state.ts';
import { StoredParts } from './checkpoint-parts.ts';
import { type CheckpointContent, encodeCheckpoint } from './checkpoint-content.ts';
import { checkpointError } from './checkpoint-errors.ts';

/** The collaborators of a writer. */
export interface CheckpointWriterDeps {
  readonly store: CheckpointStore;
  readonly codec: Codec;
  readonly clock: Clock;
  readonly log: Logger;
  /** The number of checkpoints to keep. */
  readonly keep: number;
  /** The content to write now; large states are already written as parts. */
  readonly snapshot: (parts: CheckpointParts) => Promise<CheckpointContent>;
  /** Called when the latest snapshot is durable. */
  readonly onDurable: () => void;
  /**
   * Called after each checkpoint, with the batch up to which data is safe to clean up. Neither the newest checkpoint
   * nor the one before needs the data of these batches, so the newest checkpoint may turn out to be damaged (WAL-4).
   */
  readonly onSafe: (doneUpTo: BatchTime) => void;
  /** Called for each written checkpoint, and for each that could not be written. Default: not called. */
  readonly onTried?: (info: CheckpointInfo) => void;
  /** Called when the store refuses for good (disposition `stop-engine`): no later batch can repair the store. */
  readonly onFatal: (error: unknown) => void;
}

/** Writes the checkpoints of one driver. */
export class CheckpointWriter {
  readonly #parts: CheckpointWriterDeps;
  readonly #stored: StoredParts;
  #isRequested = false;
  #isEnded = false;
  #writing: Promise<void> | undefined;
  /** The last batch that is done in the newest durable checkpoint. */
  #newest: BatchTime | undefined;
  /** Failures in a row. */
  #failures = 0;
  /** The bytes of each operator's state in the newest checkpoint, by stream id, as far as known. */
  #stateSizes: ReadonlyMap<string, number> = new Map();
  /** Failures in a row of removing, by the words of the log line. */
  readonly #notRemoved = new Map<string, number>();

  constructor(parts: CheckpointWriterDeps) {
    this.#parts = parts;
    this.#stored = new StoredParts(parts);
  }

  /** Writes a checkpoint now. Called once, before the first `request`. @throws the errors of the store. */
  async begin(): Promise<void> {
    this.#newest = await this.#write();
  }

  /** The bytes of each operator's state in the newest checkpoint, by stream id; only known ones. */
  get stateSizes(): ReadonlyMap<string, number> {
    return this.#stateSizes;
  }

  /**
   * The amounts of the writer, see `Holdings`. A checkpoint that failed and is tried again with the next batch counts.
   */
  get holdings(): Holdings {
    const underWay = { 'checkpoints.due': this.#isRequested || this.#writing !== undefined ? 1 : 0 };
    return { underWay, kept: {} };
  }

  /** Requests a checkpoint of this moment or a later one. */
  request(): void {
    if (this.#isEnded) return;
    this.#isRequested = true;
    this.#writing ??= this.#run();
  }

  /** Ends with one more checkpoint, if anything has changed since the last one. @throws the errors of the store. */
  async end(): Promise<void> {
    this.#isEnded = true;
    await this.#writing;
    if (this.#isRequested) await this.#writeAndTell();
  }

  async #run(): Promise<void> {
    while (this.#isRequested && !this.#isEnded) {
      try {
        await this.#writeAndTell();
      } catch (error) {
        this.#onFailed(error);
        break;
      }
    }
    this.#writing = undefined;
  }

  /** Logs the first failure, then every tenth, hundredth, thousandth …: failures may go on for days. */
  #onFailed(cause: unknown): void {
    const { log, onFatal } = this.#parts;
    const fatal = engineStopper(cause);
    if (fatal !== undefined) return onFatal(fatal);
    const failures = this.#failures;
    if (failures === 1) {
      log.warn('a checkpoint could not be written, the next batch tries again', { error: cause });
    } else if (isTold(failures)) {
      const message = `${failures} checkpoints in a row could not be written, the newest is of batch ${this.#newest}; logs grow until one can`;
      const details = { failures, newest: this.#newest };
      log.error('checkpoints are behind', {
        error: checkpointError('MR_CHECKPOINT_BEHIND', message, { details, cause }),
      });
    }
  }

  #onWritten(): void {
    if (this.#failures > 0)
      this.#parts.log.info('a checkpoint was written again', { failures: this.#failures });
    this.#failures = 0;
  }

  async #writeAndTell(): Promise<void> {
    this.#isRequested = false;
    const startedMs = this.#parts.clock.monotonicMs();
    try {
      const doneUpTo = await this.#write();
      this.#onWritten();
      const before = this.#newest;
      this.#newest = doneUpTo;
      if (before !== undefined) this.#parts.onSafe(Math.min(before, doneUpTo));
    } catch (error) {
      this.#failures += 1;
      this.#reportFailed(startedMs, error);
      this.#isRequested = true;
      throw error;
    }
  }

  /** Without an earlier checkpoint nothing is reported: the start has failed. */
  #reportFailed(startedMs: number, cause: unknown): void {
    const { clock, onTried } = this.#parts;
    if (this.#newest === undefined) return;
    onTried?.({
      batchTime: this.#newest,
      durationMs: clock.monotonicMs() - startedMs,
      sizeBytes: 0,
      parts: 0,
      failures: this.#failures,
      error: serializeError(cause),
    });
  }

  /**
   * A failed removal leaves more checkpoints than configured; the next checkpoint tries again. A denied removal does not
   * end the engine, unless the store says so: nothing is lost, and a disk that denies everything denies the next write.
   */
  async #tidy(what: string, remove: () => Promise<void>): Promise<void> {
    try {
      await remove();
      this.#notRemoved.delete(what);
    } catch (error) {
      const fatal = engineStopper(error);
      if (fatal !== undefined) return this.#parts.onFatal(fatal);
      const failures = (this.#notRemoved.get(what) ?? 0) + 1;
      this.#notRemoved.set(what, failures);
      if (isTold(failures)) this.#parts.log.warn(`${what} could not be removed`, { failures, error });
    }
  }

  async #write(): Promise<BatchTime> {
    const { store, codec, clock, keep, snapshot, onDurable, onTried } = this.#parts;
    const startedMs = clock.monotonicMs();
    const writtenBefore = this.#stored.writtenBytes;
    const content = await snapshot(this.#stored);
    const bytes = encodeCheckpoint(codec, content);
    const parts = content.state.flatMap((operator) => operator.parts);
    await this.#stored.noteTry(content.doneUpTo, parts);
    await store.write(content.doneUpTo, bytes);
    this.#stored.note(content.doneUpTo, parts);
    this.#noteSizes(content);
    onDurable();
    onTried?.({
      batchTime: content.doneUpTo,
      durationMs: clock.monotonicMs() - startedMs,
      sizeBytes: bytes.byteLength + this.#stored.writtenBytes - writtenBefore,
      parts: parts.length,
    });
    await this.#tidy('old checkpoints', () => store.prune(keep));
    await this.#tidy('parts of old checkpoints', () => this.#stored.removeUnneeded());
    return content.doneUpTo;
  }

  #noteSizes({ state }: CheckpointContent): void {
    const sizes = new Map<string, number>();
    for (const { id, parts } of state) {
      const size = this.#stored.sizeOf(parts);
      if (size !== undefined && parts.length > 0) sizes.set(id, size);
    }
    this.#stateSizes = sizes;
  }
}

/** True when this failure in a row is logged: the first, the tenth, the hundredth, … */
function isTold(failures: number): boolean {
  return /^10*$/.test(String(failures));
}
