// Attempts at the steps of making a batch. A step that writes to the log is repeated until the log accepts the entry or
// refuses for good; a step without a record fails its batch after the last attempt. An abort ends both.
import type { BatchTime, Clock, Logger } from '@millrace/core';
import { engineStopper } from '@millrace/core/engine';
import { AttemptLimit } from './attempt-limit.ts';
import { batchError } from './batch-errors.ts';
import { retryDelayMs, type BatchOptions } from './batch-options.ts';

/** The collaborators of `GenerationAttempts`. */
export interface GenerationAttemptsDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly options: BatchOptions;
  /** Ends all attempts. */
  readonly signal: AbortSignal;
  /** Called for a record that no retry can write. */
  readonly onFatal: (error: unknown) => void;
}

/** Repeats the steps of making a batch. */
export class GenerationAttempts {
  readonly #deps: GenerationAttemptsDeps;

  constructor(deps: GenerationAttemptsDeps) {
    this.#deps = deps;
  }

  /** Repeats `record` until the log has accepted it, and returns its result; undefined after an abort. */
  async untilRecorded<R>(record: () => Promise<R>, failed: string, fields: object): Promise<R | undefined> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await record();
      } catch (error) {
        if (this.#deps.signal.aborted) return undefined;
        const fatal = engineStopper(error);
        if (fatal !== undefined) {
          this.#deps.onFatal(fatal);
          return undefined;
        }
        this.#deps.log.warn(failed, { ...fields, attempt, error });
        if (!(await this.#pause(retryDelayMs(this.#deps.options, attempt)))) return undefined;
      }
    }
  }

  /** The result of `step`, the error after the last attempt, or undefined after an abort. */
  async upToLast<T>(batchTime: BatchTime, step: () => Promise<T>): Promise<T | Error | undefined> {
    const limit = new AttemptLimit(this.#deps.clock, this.#deps.options);
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await step();
      } catch (error) {
        this.#deps.log.warn('the jobs of a batch could not be generated', { batchTime, attempt, error });
        const delayMs = limit.delayAfter(error);
        if (delayMs === undefined) {
          return batchError(
            'MR_BATCH_GENERATION_FAILED',
            `the jobs of the batch at ${batchTime} could not be made in ${attempt + 1} attempts`,
            { details: { batchTime }, cause: error },
          );
        }
        if (!(await this.#pause(delayMs))) return undefined;
      }
    }
  }

  async #pause(delayMs: number): Promise<boolean> {
    const { clock, signal } = this.#deps;
    try {
      await clock.sleepFor(delayMs, signal);
      return true;
    } catch {
      // Only an abort ends the pause early.
      return false;
    }
  }
}
