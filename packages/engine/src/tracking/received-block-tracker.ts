// Which blocks wait, and which batch got which. Blocks come in from the receiver tracker, the job generator takes all
// that wait for each batch, and what was decided stays decided: log first, then change memory. Therefore a block is
// in exactly one batch, and a batch that runs again has the same blocks in the same order (BAT-1, BAT-4, BLK-1).
//
// Additions of one stream are registered one after the other, those of different streams side by side, so that they
// can share a sync of the log. Allocations and clean-ups are a third queue. An allocation takes what is in memory at
// that moment; what is added while it is being written stays for the next batch.
import type { BatchInput, BatchTime, BlockId, Logger, ReceivedBlockInfo, StreamId } from '@millrace/core';
import { MemoryMetadataLog, type MetadataLog } from './metadata-log.ts';
import { RegisteredBlocks } from './registered-blocks.ts';
import { SerialQueue } from './serial-queue.ts';
import { trackingError } from './tracking-errors.ts';
import { type ReceivedBlockTrackerOptions, resolveTrackingOptions } from './tracking-options.ts';

/** What a tracker needs. */
export interface ReceivedBlockTrackerSetup {
  /** The receiver streams of the program; a batch has an entry for each. */
  readonly streamIds: readonly StreamId[];
  readonly log: Logger;
  /** Where decisions are written. Default: nowhere, they live as long as the process. */
  readonly metadataLog?: MetadataLog;
  readonly options?: Partial<ReceivedBlockTrackerOptions>;
}

/** The blocks of one stream. */
interface StreamBlocks {
  /** In the order of registration, which is the order of storing per attempt. */
  readonly unallocated: WaitingBlock[];
  readonly registered: RegisteredBlocks;
  /** Additions under way by id: a repetition that comes meanwhile gets the same answer. */
  readonly pending: Map<BlockId, Promise<boolean>>;
  readonly additions: SerialQueue;
  /** The log time of the addition that is being written. */
  writingTimeMs?: BatchTime | undefined;
}

/** A block with the time under which the log has it. */
interface WaitingBlock {
  readonly block: ReceivedBlockInfo;
  readonly timeMs: BatchTime;
}

/**
 * Assigns blocks to batches. Made by the context, fed by the receiver tracker, asked by the job generator; stopped
 * after the last batch, never before: a graceful stop still has blocks to allocate.
 */
export class ReceivedBlockTracker {
  readonly #log: Logger;
  readonly #metadataLog: MetadataLog;
  readonly #options: ReceivedBlockTrackerOptions;
  readonly #streams: ReadonlyMap<StreamId, StreamBlocks>;
  /** Allocations and clean-ups. A few wait at most: the job generator asks for one batch after the other. */
  readonly #decisions = new SerialQueue();
  /** Ascending, because allocations are. It shrinks by `cleanupOldBatches` and holds what unfinished batches need. */
  readonly #batches = new Map<BatchTime, BatchInput>();
  #lastAllocated: BatchTime | undefined;
  #unallocatedRecords = 0;
  #isStopped = false;

  constructor(setup: ReceivedBlockTrackerSetup) {
    this.#log = setup.log;
    this.#metadataLog = setup.metadataLog ?? new MemoryMetadataLog();
    this.#options = resolveTrackingOptions(setup.options);
    this.#streams = new Map(setup.streamIds.map((id) => [id, this.#emptyStream()]));
  }

  /**
   * Registers a block. True: it is logged and queued, or it had been before (a repetition is answered again and not
   * queued again, also when its batch is long done). False: it is not registered, add it again later; the log could
   * not be written, a bound is reached, or the tracker is stopped.
   *
   * @throws `MR_TRACKING_UNKNOWN_STREAM`.
   */
  async addBlock(block: ReceivedBlockInfo): Promise<boolean> {
    const stream = this.#streamOf(block.streamId);
    const underWay = stream.pending.get(block.blockId);
    if (underWay !== undefined) return underWay;
    if (stream.pending.size >= this.#options.maxPendingAdditions) return false;
    const added = stream.additions.run(() => this.#register(stream, block));
    stream.pending.set(block.blockId, added);
    return added.finally(() => stream.pending.delete(block.blockId));
  }

  /**
   * Gives all waiting blocks to the batch, and an empty list for a stream that has none. A batch time up to the last
   * allocated one gets the blocks it got then (BAT-4).
   *
   * @throws `MR_TRACKING_ALLOCATION_REFUSED` (disposition `back-off`) when it could not be logged: nothing has
   * changed, the batch has to wait and allocate again. `MR_TRACKING_BATCH_FORGOTTEN` for an earlier batch that was
   * cleaned up or never allocated. `MR_TRACKING_STOPPED` after `stop`.
   */
  allocateBlocksToBatch(batchTime: BatchTime): Promise<BatchInput> {
    return this.#decisions.run(() => {
      if (this.#isStopped) throw trackingError('MR_TRACKING_STOPPED', 'no blocks are allocated after stop');
      const isNew = this.#lastAllocated === undefined || batchTime > this.#lastAllocated;
      return isNew ? this.#allocate(batchTime) : this.#allocatedBefore(batchTime);
    });
  }

  /** The blocks of a batch; undefined when it was never allocated or is cleaned up. */
  blocksOfBatch(batchTime: BatchTime): BatchInput | undefined {
    return this.#batches.get(batchTime);
  }

  /** Whether any block waits for a batch. */
  hasUnallocatedBlocks(): boolean {
    return [...this.#streams.values()].some((stream) => stream.unallocated.length > 0);
  }

  /** How many records wait for a batch. */
  unallocatedRecordCount(): number {
    return this.#unallocatedRecords;
  }

  /**
   * Forgets the batches before `threshold`, itself excluded. Answers false when that could not be logged: nothing
   * is removed, and the next clean-up will do it.
   */
  cleanupOldBatches(threshold: BatchTime): Promise<boolean> {
    return this.#decisions.run(() => this.#cleanup(threshold));
  }

  /** Waits for what is being written, then closes the log. May be repeated; additions are refused from now on. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    const additions = [...this.#streams.values()].map((stream) => stream.additions);
    await Promise.all([this.#decisions, ...additions].map((queue) => queue.run(() => undefined)));
    await this.#metadataLog.close();
  }

  async #register(stream: StreamBlocks, block: ReceivedBlockInfo): Promise<boolean> {
    const registration = stream.registered.look(block.blockId);
    if (registration === 'registered') return true;
    if (registration === 'unknowable') return this.#refuse(block, 'it is too old to tell whether it is new');
    if (this.#isStopped) return this.#refuse(block, 'the tracker is stopped');
    if (stream.unallocated.length >= this.#options.maxUnallocatedBlocks) {
      return this.#refuse(block, 'too many blocks wait for a batch');
    }
    const timeMs = this.#lastAllocated ?? 0;
    stream.writingTimeMs = timeMs;
    try {
      await this.#metadataLog.append({ kind: 'block-addition', timeMs, block });
    } catch (error) {
      return this.#refuse(block, 'it could not be logged', error);
    } finally {
      stream.writingTimeMs = undefined;
    }
    stream.registered.add(block.blockId);
    stream.unallocated.push({ block, timeMs });
    this.#unallocatedRecords += block.recordCount;
    return true;
  }

  #refuse(block: ReceivedBlockInfo, reason: string, error?: unknown): false {
    const { blockId, streamId } = block;
    this.#log.warn('a block was refused', {
      blockId,
      streamId,
      reason,
      ...(error === undefined ? {} : { error }),
    });
    return false;
  }

  async #allocate(batchTime: BatchTime): Promise<BatchInput> {
    const blocks = new Map<StreamId, readonly ReceivedBlockInfo[]>();
    for (const [id, stream] of this.#streams) {
      blocks.set(
        id,
        stream.unallocated.map((waiting) => waiting.block),
      );
    }
    const input: BatchInput = { batchTime, blocks };
    try {
      await this.#metadataLog.append({ kind: 'batch-allocation', timeMs: batchTime, input });
    } catch (cause) {
      const message = `the blocks of batch ${batchTime} could not be logged as its own, allocate again later`;
      throw trackingError('MR_TRACKING_ALLOCATION_REFUSED', message, { details: { batchTime }, cause });
    }
    for (const [id, taken] of blocks) this.#take(id, taken);
    this.#batches.set(batchTime, input);
    this.#lastAllocated = batchTime;
    return input;
  }

  /** Removes the blocks that went to a batch; what came meanwhile stands behind them. */
  #take(streamId: StreamId, taken: readonly ReceivedBlockInfo[]): void {
    this.#streamOf(streamId).unallocated.splice(0, taken.length);
    for (const block of taken) this.#unallocatedRecords -= block.recordCount;
  }

  #allocatedBefore(batchTime: BatchTime): BatchInput {
    const input = this.#batches.get(batchTime);
    if (input !== undefined) return input;
    const message = `expected a batch time after ${this.#lastAllocated} or one still known, got ${batchTime}`;
    throw trackingError('MR_TRACKING_BATCH_FORGOTTEN', message, { details: { batchTime } });
  }

  async #cleanup(threshold: BatchTime): Promise<boolean> {
    const batchTimes = [...this.#batches.keys()].filter((batchTime) => batchTime < threshold);
    if (batchTimes.length === 0) return true;
    if (this.#isStopped) return false;
    try {
      await this.#metadataLog.append({ kind: 'batch-cleanup', timeMs: threshold, batchTimes });
    } catch (error) {
      this.#log.warn('old batches are kept, their clean-up could not be logged', { threshold, error });
      return false;
    }
    for (const batchTime of batchTimes) this.#batches.delete(batchTime);
    await this.#cleanLog(threshold);
    return true;
  }

  /** The log must keep the additions of blocks that no allocation in it repeats (WAL-4). */
  async #cleanLog(threshold: BatchTime): Promise<void> {
    const needed = [...this.#streams.values()].map((stream) => {
      const waiting = stream.unallocated[0]?.timeMs ?? Number.POSITIVE_INFINITY;
      return Math.min(waiting, stream.writingTimeMs ?? Number.POSITIVE_INFINITY);
    });
    try {
      await this.#metadataLog.clean(Math.min(threshold, ...needed));
    } catch (error) {
      // What was not removed now is removed by a later clean-up, whose threshold is higher.
      this.#log.warn('the metadata log could not be cleaned', { threshold, error });
    }
  }

  #streamOf(streamId: StreamId): StreamBlocks {
    const stream = this.#streams.get(streamId);
    if (stream !== undefined) return stream;
    const message = `expected one of the streams ${[...this.#streams.keys()].join(', ')}, got ${streamId}`;
    throw trackingError('MR_TRACKING_UNKNOWN_STREAM', message, { details: { streamId } });
  }

  #emptyStream(): StreamBlocks {
    const { maxKnownAttempts, maxKnownGaps } = this.#options;
    return {
      unallocated: [],
      registered: new RegisteredBlocks({ maxAttempts: maxKnownAttempts, maxRanges: maxKnownGaps + 1 }),
      pending: new Map(),
      additions: new SerialQueue(),
    };
  }
}
