// What becomes of batches that are done with: what they read and made is forgotten, here and on the executors, as soon
// as nothing can need it again. Two things may need it longer than the batch itself: a driver that comes back, which
// goes by logs and checkpoints (WAL-4), and state that died with an executor and is computed again.
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

/** What has to be told of batches that are done. */
export interface CompletedBatchCleanupDeps {
  readonly driver: Pick<DriverDeps, 'graph' | 'inputInfo' | 'executors' | 'identity' | 'onDone'>;
  readonly log: Logger;
  readonly epoch: Epoch;
  readonly blockTracker: ReceivedBlockTracker;
  readonly receiverTracker: Pick<ReceiverTracker, 'cleanupOldBlocks'>;
  /** Undefined when there are no checkpoints. */
  readonly checkpoints: Pick<CheckpointWriter, 'request'> | undefined;
  /** Up to where all batches are done now. */
  readonly doneUpTo: () => BatchTime;
}

/** Forgets what batches of one driver leave behind. */
export class CompletedBatchCleanup {
  readonly #deps: CompletedBatchCleanupDeps;
  readonly #unreleased = new BlocksAwaitingCheckpoint();

  constructor(deps: CompletedBatchCleanupDeps) {
    this.#deps = deps;
  }

  /**
   * To be told when all batches up to `doneUpTo` are done. What is in memory goes at once, whatever becomes of
   * checkpoints: a driver that comes back has the log, not this memory. Blocks and decisions in logs go too when nothing
   * is kept of batches; else they wait until checkpoints say so (WAL-4).
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
    graph.skipped.forgetBefore(doneUpTo - 4 * graph.maxInputRememberMs);
  }

  /**
   * Forgets what no batch will need again: first in the log, then on the executors, so that no driver finds a batch
   * whose blocks are gone (WAL-4). Nothing waits for it and it never rejects: what fails now is done the next time.
   */
  async release(doneUpTo: BatchTime): Promise<void> {
    const { driver, receiverTracker, blockTracker } = this.#deps;
    const { graph, identity } = driver;
    // Blocks that were promised to a batch may have gone to one behind a skipped range instead.
    const marginMs = 3 * identity.batchIntervalMs;
    const oldest = this.#forgettable(doneUpTo) - graph.maxInputRememberMs;
    const olderThan = graph.skipped.thresholdFor(oldest, marginMs);
    if (!(await blockTracker.cleanupOldBatches(olderThan, doneUpTo))) return;
    // An allocation may be under way: what is registered now belongs to it or to the one after it.
    const registeredUpTo = (blockTracker.lastAllocated ?? doneUpTo) + 2 * identity.batchIntervalMs;
    receiverTracker.cleanupOldBlocks(olderThan, registeredUpTo);
    this.#tellExecutors({ rddIds: [], blockIds: this.#unreleased.take(doneUpTo) });
  }

  /** Its amounts, see `Holdings`. */
  get holdings(): Holdings {
    return { underWay: {}, kept: { 'batches.unreleasedBlocks': this.#unreleased.count } };
  }

  /** Blocks that are still needed and are in the memory of this executor only. */
  neededBlocksIn(executorId: ExecutorId): LostBlocks {
    const { blockTracker, doneUpTo } = this.#deps;
    return blockTracker.memoryBlocksOf(executorId, Math.min(doneUpTo(), this.#rebuiltFrom()));
  }

  /**
   * A stream with a long slide may have its first batch behind a skipped range later than others, and follows from its
   * last batch before the range: nothing before the range is forgotten until then.
   */
  #forgettable(doneUpTo: BatchTime): BatchTime {
    const { graph, identity } = this.#deps.driver;
    const { skipped } = graph;
    const slideMs = graph.streams.reduce((most, stream) => Math.max(most, stream.slideMs), 0);
    const threshold = skipped.thresholdFor(doneUpTo, slideMs);
    return threshold === doneUpTo ? doneUpTo : threshold - identity.batchIntervalMs;
  }

  /** Whatever is done with, batches behind this one may be computed again: executors may die, with the state they made. */
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
        // One that is gone has forgotten everything.
        const isGone = isMillraceError(error, 'MR_EXECUTOR_UNREACHABLE');
        log[isGone ? 'debug' : 'warn']('an executor did not forget', { executorId, error });
      });
    }
  }
}
