// Notices to executors: the rate limits of receivers, the done batches, and the state of the driver. No caller waits
// for these messages. Only the newest of a kind counts, so the next one makes up for a lost message. Rate limits and done
// batches come with every batch; the state of the driver changes rarely, and is sent again beside the next done batch.
import {
  type Epoch,
  type ExecutorBackend,
  type ExecutorId,
  isMillraceError,
  type Logger,
  type StreamId,
} from '@millrace/core';
import type { CleanupOldBlocks, RateLimit, UpdateCondition } from '@millrace/core/engine';
import { ConflatingSender } from './conflating-sender.ts';
import { entryOfStream, type ReceiverEntry } from './receiver-entry.ts';

/** The blocks that can be removed. */
export type CleanupNotice = Omit<CleanupOldBlocks, 'epoch'>;

/** The state of the driver. */
export type ConditionNotice = Omit<UpdateCondition, 'epoch'>;

/** The collaborators of sending. */
export interface ExecutorBroadcasterDeps {
  readonly entries: ReadonlyMap<StreamId, ReceiverEntry>;
  readonly backend: ExecutorBackend;
  readonly epoch: Epoch;
  readonly log: Logger;
  /** Called when an executor reports that a newer driver has taken over. */
  readonly onReplaced: (error: unknown) => void;
}

/** Sends notices. Per receiver and per executor at most one notice is in flight and one waits. */
export class ExecutorBroadcaster {
  readonly #deps: ExecutorBroadcasterDeps;
  readonly #rateLimits: ConflatingSender<StreamId, RateLimit>;
  readonly #cleanups: ConflatingSender<ExecutorId, CleanupNotice>;
  readonly #conditions: ConflatingSender<ExecutorId, ConditionNotice>;
  #condition: ConditionNotice | undefined;
  /** The executors to which the last state of the driver was not delivered. */
  #uninformed = new Set<ExecutorId>();

  constructor(deps: ExecutorBroadcasterDeps) {
    this.#deps = deps;
    this.#rateLimits = new ConflatingSender((streamId, value) => this.#sendRateLimit(streamId, value));
    this.#cleanups = new ConflatingSender((executorId, value) => this.#sendCleanup(executorId, value));
    this.#conditions = new ConflatingSender((executorId, value) => this.#sendCondition(executorId, value));
  }

  /** Messages that are not answered yet. */
  get underWay(): number {
    return this.#rateLimits.size + this.#cleanups.size + this.#conditions.size;
  }

  /** Sends the limit to the executor that runs the receiver at the time of sending; without an executor, to none. */
  rateLimit(streamId: StreamId, limit: RateLimit): void {
    this.#rateLimits.post(streamId, limit);
  }

  /** Sends a notice to all executors, and the state of the driver to those that missed it. */
  cleanup(notice: CleanupNotice): void {
    const uninformed = this.#uninformed;
    this.#uninformed = new Set();
    for (const { executorId } of this.#deps.backend.executors()) {
      this.#cleanups.post(executorId, notice);
      if (uninformed.has(executorId)) this.repeatCondition(executorId);
    }
  }

  /** Sends the state of the driver to all executors. */
  condition(notice: ConditionNotice): void {
    this.#condition = notice;
    for (const { executorId } of this.#deps.backend.executors()) this.#conditions.post(executorId, notice);
  }

  /** Sends the last state of the driver, if any, to an executor that may not know it. */
  repeatCondition(executorId: ExecutorId): void {
    if (this.#condition !== undefined) this.#conditions.post(executorId, this.#condition);
  }

  async #sendCondition(executorId: ExecutorId, value: ConditionNotice): Promise<void> {
    const { backend, epoch } = this.#deps;
    try {
      await backend.ask(executorId, 'UpdateCondition', { epoch, ...value });
      this.#uninformed.delete(executorId);
    } catch (error) {
      this.#uninformed.add(executorId);
      this.#notDelivered('condition', executorId, error);
    }
  }

  async #sendRateLimit(streamId: StreamId, value: RateLimit): Promise<void> {
    const { entries, backend, epoch } = this.#deps;
    const { executorId } = entryOfStream(entries, streamId);
    if (executorId === undefined) return;
    try {
      await backend.ask(executorId, 'UpdateRateLimit', { epoch, streamId, ...value });
    } catch (error) {
      this.#notDelivered('rate limit', executorId, error);
    }
  }

  async #sendCleanup(executorId: ExecutorId, value: CleanupNotice): Promise<void> {
    const { backend, epoch } = this.#deps;
    try {
      await backend.ask(executorId, 'CleanupOldBlocks', { epoch, ...value });
    } catch (error) {
      this.#notDelivered('clean-up', executorId, error);
    }
  }

  /** A later message makes up for the lost one; only a replaced driver needs a reaction. */
  #notDelivered(what: string, executorId: ExecutorId, error: unknown): void {
    this.#deps.log.warn('message was not delivered', { what, executorId, error });
    if (isMillraceError(error, 'MR_EXECUTOR_STALE_EPOCH')) this.#deps.onReplaced(error);
  }
}
