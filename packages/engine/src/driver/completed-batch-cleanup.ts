// Cleans up after completed batches: their inputs and results are dropped, on the driver and on executors, as soon
// as nothing can need them again. Two things may need them longer than the batch itself: a recovering driver, which
// reads logs and checkpoints (WAL-4), and state that was lost with an executor and is recomputed.
//
//   batch done ─► streams, inputs, memory of executors ─► checkpoint ─► log ─► blocks in the logs of executors
import { isMillraceError, type BatchTime, type Epoch, type ExecutorId, type Logger } from '@millrace/core';
import type { Forget } from '@millrace/core/engine';
import type { CheckpointWriter } from '../checkpoint/checkpoint-writer.ts';
import type { Holdings } from '../holdings.ts';
import { rebuiltFrom } from '../graph/shared-states.ts';
import type { LostBlocks, ReceivedBlockTracker } from '../tracking/received-block-tracker.ts';
import type { ReceiverTracker } from '../tracking/receiver-tracker.ts';
import type { DriverDeps } from './driver-deps.ts';
import { BlocksAwaitingCheckpoint } from './blocks-awaiting-checkpoint.ts';

/** Components that take part in the cleanup of completed batches. */
export interface CompletedBatchCleanupDeps {
  readonly driver: Pick<DriverDeps, 'graph' | 'inputInfo' | 'executors' | 'identity' | 'onDone'>;
  readonly log: Logger;
  readonly epoch: Epoch;
  readonly blockTracker: ReceivedBlockTracker;
  readonly receiverTracker: Pick<ReceiverTracker, 'cleanupOldBlocks'>;
  /** Undefined when there are no checkpoints. */
  readonly checkpoints: Pick<CheckpointWriter, 'request'> | undefined;
  /** The time up to which all batches are done now. */
  readonly doneUpTo: () => BatchTime;
}

/** Drops the remains of the batches of one driver. */
export class CompletedBatchCleanup {
  readonly #deps: CompletedBatchCleanupDeps;
  readonly #unreleased = new BlocksAwaitingCheckpoint();

  constructor(deps: CompletedBatchCleanupDeps) {
    this.#deps = deps;
  }

  /**
   * Must be called when all batches up to `doneUpTo` are done. Data in memory is dropped at once, whether or not
   * checkpoints succeed: a recovering driver has the log, not this memory. Blocks and decisions in logs are dropped
   * too when batches leave nothing durable; else they wait for a checkpoint (WAL-4).
   */
  add(doneUpTo: BatchTime): void {
    const { driver, blockTracker, checkpoints } = this.#deps;
    const { graph, inputInfo } = driver;
    graph.abandon(doneUpTo);
    const forgotten = this.#forgettable(Math.min(doneUpTo, this.#rebuiltFrom()));
    const { rddIds, blockIds, loggedBlockIds } = graph.clearMetadata(forgotten);
    const olderThan = forgotten - graph.maxInputRememberMs;
    inputInfo.cleanup(doneUpTo - graph.maxInputRememberMs);
    driver.onDone(forgotten);
    this.#tellExecutors({ rddIds, blockIds, doneUpTo: forgotten });
    this.#unreleased.add(doneUpTo, loggedBlockIds);
    if (checkpoints === undefined) void this.release(doneUpTo);
    else checkpoints.request();
    void blockTracker.forgetDoneBatches(olderThan);
    graph.skipped.forgetBefore(forgotten - 4 * graph.maxInputRememberMs);
  }

  /**
   * Drops data that no batch will need again: first in the log, then on the executors, so that no driver finds a
   * batch without its blocks (WAL-4). No caller waits for the release, and the release never rejects: a failed step
   * is repeated the next time.
   */
  async release(doneUpTo: BatchTime): Promise<void> {
    const { driver, receiverTracker, blockTracker } = this.#deps;
    const { graph, identity } = driver;
    // Blocks that were promised to a batch may have gone to a batch behind a skipped range instead.
    const marginMs = 3 * identity.batchIntervalMs;
    const oldest = this.#forgettable(doneUpTo) - graph.maxInputRememberMs;
    const olderThan = graph.skipped.thresholdFor(oldest, marginMs);
    if (!(await blockTracker.cleanupOldBatches(olderThan, doneUpTo))) return;
    // An allocation may be under way: a block registered now belongs to that allocation or to the next one.
    const registeredUpTo = (blockTracker.lastAllocated ?? doneUpTo) + 2 * identity.batchIntervalMs;
    receiverTracker.cleanupOldBlocks(olderThan, registeredUpTo);
    this.#tellExecutors({ rddIds: [], blockIds: this.#unreleased.take(doneUpTo) });
  }

  /** Amounts in use, see `Holdings`. */
  get holdings(): Holdings {
    return { underWay: {}, kept: { 'batches.unreleasedBlocks': this.#unreleased.count } };
  }

  /** Blocks that are still needed and have their only copy in the memory of this executor. */
  neededBlocksIn(executorId: ExecutorId): LostBlocks {
    const { blockTracker, doneUpTo } = this.#deps;
    return blockTracker.memoryBlocksOf(executorId, Math.min(doneUpTo(), this.#rebuiltFrom()));
  }

  /**
   * A stream with a long slide may have its first batch behind a skipped range later than other streams, and
   * continues from its last batch before the range: until then nothing before the range is dropped.
   */
  #forgettable(doneUpTo: BatchTime): BatchTime {
    const { graph, identity } = this.#deps.driver;
    const { skipped } = graph;
    const slideMs = graph.streams.reduce((most, stream) => Math.max(most, stream.slideMs), 0);
    const threshold = skipped.thresholdFor(doneUpTo, slideMs);
    return threshold === doneUpTo ? doneUpTo : threshold - identity.batchIntervalMs;
  }

  /**
   * Batches behind this time may be computed again even when they are done: executors may die together with their
   * state.
   */
  #rebuiltFrom(): BatchTime {
    const { executors, graph } = this.#deps.driver;
    return executors.backend.isRemote === true ? rebuiltFrom(graph) : Number.POSITIVE_INFINITY;
  }

  #tellExecutors(forgotten: Pick<Forget, 'rddIds' | 'blockIds' | 'doneUpTo'>): void {
    const { rddIds, blockIds, doneUpTo } = forgotten;
    if (rddIds.length + blockIds.length === 0 && doneUpTo === undefined) return;
    const { driver, log, epoch } = this.#deps;
    const { backend } = driver.executors;
    for (const { executorId } of backend.executors()) {
      void backend.ask(executorId, 'Forget', { epoch, ...forgotten }).catch((error: unknown) => {
        // An executor that is gone has dropped everything.
        const isGone = isMillraceError(error, 'MR_EXECUTOR_UNREACHABLE');
        log[isGone ? 'debug' : 'warn']('an executor did not forget', { executorId, error });
      });
    }
  }
}
