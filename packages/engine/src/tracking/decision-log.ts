// The log of decisions about batches, with the reactions to a write that fails: an allocation is refused and comes again, a
// clean-up waits for the next one, and an error that no retry can repair stops the engine.
import type { BatchTime, Logger, StreamId } from '@millrace/core';
import { type BatchInput, engineStopper } from '@millrace/core/engine';
import type { MetadataEvent, MetadataLog } from './metadata-log.ts';
import { trackingError } from './tracking-errors.ts';

/** The collaborators of a decision log. */
export interface DecisionLogDeps {
  readonly metadataLog: MetadataLog;
  readonly log: Logger;
  /** Called when the log refuses a clean-up for good (disposition `stop-engine`). */
  readonly onFatal: (error: unknown) => void;
}

/** Writes the decisions of one tracker about batches. */
export class DecisionLog {
  readonly #deps: DecisionLogDeps;

  constructor(deps: DecisionLogDeps) {
    this.#deps = deps;
  }

  /**
   * Logs the blocks and the other inputs of a batch.
   *
   * @throws `MR_TRACKING_ALLOCATION_REFUSED`; an error of disposition `stop-engine` unchanged.
   */
  allocate(batchTime: BatchTime, input: BatchInput, inputs: ReadonlyMap<StreamId, unknown>): Promise<void> {
    const message = `the blocks of batch ${batchTime} could not be logged, allocate again later`;
    return this.#appendOrRefuse(
      { kind: 'batch-allocation', timeMs: batchTime, input, inputs },
      { message, details: { batchTime } },
    );
  }

  /** Logs that the batches `from` to `to` are skipped. @throws as `allocate`. */
  skip(from: BatchTime, to: BatchTime): Promise<void> {
    const message = `that the batches from ${from} to ${to} are skipped could not be logged, try again later`;
    return this.#appendOrRefuse(
      { kind: 'batches-skipped', timeMs: to, from },
      { message, details: { from, to } },
    );
  }

  /** Logs a clean-up; false when the write failed. */
  async cleanUp(event: Extract<MetadataEvent, { readonly kind: 'batch-cleanup' }>): Promise<boolean> {
    try {
      await this.#deps.metadataLog.append(event);
      return true;
    } catch (error) {
      this.#stopIfFatal(error);
      this.#deps.log.warn('old batches were not cleaned up, because the clean-up could not be logged', {
        threshold: event.timeMs,
        error,
      });
      return false;
    }
  }

  /** Removes the entries before `neededFrom`, as far as the log can. */
  async clean(threshold: BatchTime, neededFrom: BatchTime): Promise<void> {
    try {
      await this.#deps.metadataLog.clean(neededFrom);
    } catch (error) {
      this.#stopIfFatal(error);
      // A later clean-up, with a higher threshold, removes the remaining entries.
      this.#deps.log.warn('the metadata log could not be cleaned', { threshold, error });
    }
  }

  async #appendOrRefuse(
    event: MetadataEvent,
    { message, details }: { readonly message: string; readonly details: Readonly<Record<string, unknown>> },
  ): Promise<void> {
    try {
      await this.#deps.metadataLog.append(event);
    } catch (cause) {
      const fatal = engineStopper(cause);
      if (fatal !== undefined) throw fatal;
      throw trackingError('MR_TRACKING_ALLOCATION_REFUSED', message, { details, cause });
    }
  }

  #stopIfFatal(error: unknown): void {
    const fatal = engineStopper(error);
    if (fatal !== undefined) this.#deps.onFatal(fatal);
  }
}
