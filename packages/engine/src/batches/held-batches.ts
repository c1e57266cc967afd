// The batches that are held after a failure. With several jobs at once more than one can fail before anything is held
// back: each of them waits to be tried again by itself.
import type { BatchTime } from '@millrace/core';
import { batchError } from './batch-errors.ts';
import type { JobSet } from './job-set.ts';

/** Which batches are held, and which of those that were are tried again. */
export class HeldBatches {
  readonly #held = new Set<JobSet>();
  /** Batches that are tried again, and how to tell the caller that a job has started. */
  readonly #retried = new Map<JobSet, PromiseWithResolvers<void>>();

  /** Whether the batch is held now. */
  has(set: JobSet): boolean {
    return this.#held.has(set);
  }

  /** Whether the batch was held and is tried again: such a batch runs although others are held. */
  isRetried(set: JobSet): boolean {
    return this.#retried.has(set);
  }

  /** The times of held batches in the order of `pending`. */
  times(pending: readonly JobSet[]): BatchTime[] {
    return pending.filter((set) => this.#held.has(set)).map((set) => set.batchTime);
  }

  /** Holds a batch: for the first time, or again after a retry that failed. */
  add(set: JobSet): void {
    this.ended(set);
    this.#held.add(set);
  }

  /** Lets a batch run again. The promise resolves with `begun` and rejects with `callOff`. */
  beginRetry(set: JobSet): Promise<void> {
    const started = Promise.withResolvers<void>();
    // A caller whose batch cannot be made again hears of that instead.
    started.promise.catch(() => undefined);
    this.#held.delete(set);
    this.#retried.set(set, started);
    return started.promise;
  }

  /** A job of the batch has started, or the batch has ended without one. */
  begun(set: JobSet): void {
    this.#retried.get(set)?.resolve();
  }

  /** The batch is not tried again any more: it has ended, or it is held again. */
  ended(set: JobSet): void {
    this.#retried.delete(set);
  }

  /** Nothing runs any more. */
  callOff(): void {
    for (const started of this.#retried.values()) started.reject(halted());
  }
}

/** The engine stops, so nothing is tried again. */
export function halted(): Error {
  return batchError(
    'MR_BATCH_HALTED',
    'retryHeldBatch() needs a running engine, but the engine is stopping; a held batch runs again when the next driver starts from the stored data',
  );
}
