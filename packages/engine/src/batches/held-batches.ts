// The batches that are held after a failure. With several jobs at once more than one batch can fail before the
// scheduler holds: each of these waits for its own retry.
import type { BatchTime } from '@millrace/core';
import { batchError } from './batch-errors.ts';
import type { JobSet } from './job-set.ts';

/** The held batches, and the held batches in a retry. */
export class HeldBatches {
  readonly #held = new Set<JobSet>();
  /** Batches in a retry, with the promise that tells the caller of the first started job. */
  readonly #retried = new Map<JobSet, PromiseWithResolvers<void>>();

  readonly #onChanged: (count: number) => void;

  /** `onChanged` is called with the number of held batches after each change of the number. */
  constructor(onChanged: (count: number) => void = () => undefined) {
    this.#onChanged = onChanged;
  }

  /** True when the batch is held now. */
  has(set: JobSet): boolean {
    return this.#held.has(set);
  }

  /** True when the batch was held and is in a retry: such a batch runs although other batches are held. */
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
    this.#onChanged(this.#held.size);
  }

  /** Lets a batch run again. The promise resolves with `begun` and rejects with `callOff`. */
  beginRetry(set: JobSet): Promise<void> {
    const started = Promise.withResolvers<void>();
    // A caller whose batch cannot be made again gets that error instead.
    started.promise.catch(() => undefined);
    this.#held.delete(set);
    this.#retried.set(set, started);
    this.#onChanged(this.#held.size);
    return started.promise;
  }

  /** Called when a job of the batch has started, or the batch has ended without one. */
  begun(set: JobSet): void {
    this.#retried.get(set)?.resolve();
  }

  /** Ends the retry of a batch: the batch has ended, or is held again. */
  ended(set: JobSet): void {
    this.#retried.delete(set);
  }

  /** Rejects all retries: no job runs any more. */
  callOff(): void {
    for (const started of this.#retried.values()) started.reject(halted());
  }
}

/** The error for retries on a stopping engine. */
export function halted(): Error {
  return batchError(
    'MR_BATCH_HALTED',
    'retryHeldBatch() needs a running engine, but the engine is stopping; a held batch runs again when the next driver starts from the stored data',
  );
}
