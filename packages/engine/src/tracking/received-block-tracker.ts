// The waiting blocks, and the blocks of each batch. Blocks come from the receiver tracker, the job generator allocates
// all waiting blocks to each batch, and a decision is final: log first, then change memory. A block is therefore in
// exactly one batch, and a batch that runs again has the same blocks in the same order (BAT-1, BAT-4, BLK-1).
//
// Additions of one stream are registered one after the other, additions of different streams side by side
// (stream-blocks.ts). Allocations and clean-ups have a queue of their own. An allocation takes the blocks in memory at
// that moment; blocks added while it is being written stay for the next batch.
import type {
  BatchTime,
  BlockId,
  ExecutorId,
  Logger,
  ReceivedBlockInfo,
  ReceiverAttemptId,
  StreamId,
} from '@millrace/core';
import type { BatchInput, LogEntry } from '@millrace/core/engine';
import type { Holdings } from '../holdings.ts';
import { AllocatedBatches } from './allocated-batches.ts';
import { ContentLogTimes } from './content-log-times.ts';
import { DecisionLog } from './decision-log.ts';
import {
  type BatchAllocation,
  MemoryMetadataLog,
  type MetadataEvent,
  type MetadataLog,
} from './metadata-log.ts';
import { SerialQueue } from './serial-queue.ts';
import { type BlockAdmission, StreamBlocks } from './stream-blocks.ts';
import { trackingError } from './tracking-errors.ts';
import { type ReceivedBlockTrackerOptions, resolveTrackingOptions } from './tracking-options.ts';

/** The collaborators of a tracker. */
export interface ReceivedBlockTrackerDeps {
  /** The receiver streams of the program; a batch has an entry for each. */
  readonly streamIds: readonly StreamId[];
  readonly log: Logger;
  /** The log of decisions. Default: none, decisions live as long as the process. */
  readonly metadataLog?: MetadataLog;
  /**
   * Logs every clean-up, also one that forgets no batch: only the log then records how far batches are done. Default
   * false.
   */
  readonly logsProgress?: boolean;
  readonly options?: Partial<ReceivedBlockTrackerOptions>;
  /** Called when the log refuses for good (disposition `stop-engine`). The requested operation fails. */
  readonly onFatal?: (error: unknown) => void;
}

/** The lost blocks of a dead driver. */
export interface LostBlocks {
  readonly blocks: number;
  readonly records: number;
}

const NO_INPUTS: ReadonlyMap<StreamId, unknown> = new Map();

/**
 * Assigns blocks to batches. Made by the context, fed by the receiver tracker, called by the job generator. Stopped
 * after the last batch, never before, because a graceful stop still has blocks to allocate.
 */
export class ReceivedBlockTracker {
  readonly #metadataLog: MetadataLog;
  readonly #decisionLog: DecisionLog;
  readonly #logsProgress: boolean;
  readonly #streams: ReadonlyMap<StreamId, StreamBlocks>;
  /** Allocations and clean-ups. At most a few wait, because the job generator allocates one batch after the other. */
  readonly #decisions = new SerialQueue();
  readonly #batches = new AllocatedBatches();
  readonly #contentTimes = new ContentLogTimes();
  /** Waiting blocks from the replay, of streams that the program no longer has. */
  readonly #orphans = new Map<BlockId, StreamId>();
  #lastAllocated: BatchTime | undefined;
  /** Batches before this one are no longer in memory, but are in the log. */
  #forgottenBefore: BatchTime | undefined;
  #isStopped = false;

  constructor(setup: ReceivedBlockTrackerDeps) {
    this.#metadataLog = setup.metadataLog ?? new MemoryMetadataLog();
    this.#logsProgress = setup.logsProgress ?? false;
    const { log, onFatal = () => undefined } = setup;
    this.#decisionLog = new DecisionLog({ metadataLog: this.#metadataLog, log, onFatal });
    const parts = {
      log,
      metadataLog: this.#metadataLog,
      options: resolveTrackingOptions(setup.options),
      logTimeMs: () => this.#lastAllocated ?? 0,
      onFatal,
    };
    this.#streams = new Map(
      setup.streamIds.map((streamId) => [streamId, new StreamBlocks({ ...parts, streamId })]),
    );
  }

  /**
   * Called for every attempt before its start. The tracker registers only blocks of begun attempts: the log does not
   * keep for ever whether a block of an earlier driver's attempt has been in a batch (ADR 0022).
   *
   * @throws `MR_TRACKING_UNKNOWN_STREAM`.
   */
  beginAttempt(streamId: StreamId, attemptId: ReceiverAttemptId): void {
    this.#streamOf(streamId).beginAttempt(attemptId);
  }

  /**
   * Registers a block. With `content` the block becomes durable by this registration, and tasks find the block in the log
   * of decisions. `known`: the block is registered already, also when its batch is long done, or when an earlier
   * driver registered the block and the log still has it. `refused`: add the block again later; the log could not be
   * written, a bound is reached, or the tracker is stopped. A block of an attempt that was not begun stays refused.
   *
   * @throws `MR_TRACKING_UNKNOWN_STREAM`; `MR_TRACKING_METADATA_UNSUPPORTED`, which a repetition cannot repair.
   */
  async addBlock(block: ReceivedBlockInfo, content?: Uint8Array): Promise<BlockAdmission> {
    return this.#streamOf(block.streamId).add(block, content);
  }

  /** An entry of the log of decisions, see `MetadataLog.anEntry`. */
  get anEntry(): LogEntry | undefined {
    return this.#metadataLog.anEntry;
  }

  /**
   * True when half of the permitted blocks of a stream wait for a batch: its receiver should not cut small blocks then.
   *
   * @throws `MR_TRACKING_UNKNOWN_STREAM`.
   */
  isCrowded(streamId: StreamId): boolean {
    return this.#streamOf(streamId).isCrowded;
  }

  /**
   * Replays a decision of an earlier driver, event by event, before any other call. An event of a stream that the
   * program no longer has is left out.
   */
  replay(event: MetadataEvent): void {
    if (event.kind === 'block-addition') this.#replayAddition(event.block, event.timeMs);
    else if (event.kind === 'batch-allocation') this.#replayAllocation(event);
    else if (event.kind === 'batch-cleanup') {
      this.#batches.forgetBefore(event.timeMs);
      this.#contentTimes.forgetBefore(event.timeMs);
      this.#batches.notePositions(event.positions);
    }
  }

  /**
   * Gives up the blocks that were only in the memory of the dead process, unless their batch is done: blocks of batches
   * after `doneUpTo` and waiting blocks. Records that a source can repeat are not lost. Called after the last event was
   * replayed; the caller reports the loss.
   */
  dropLostBlocks(doneUpTo: BatchTime): LostBlocks {
    const lost = { blocks: 0, records: 0 };
    const isKept = (block: ReceivedBlockInfo): boolean => {
      if (block.durability !== 'memory' || block.range !== undefined) return true;
      lost.blocks += 1;
      lost.records += block.recordCount;
      return false;
    };
    this.#batches.keepBlocks(doneUpTo, isKept);
    for (const stream of this.#streams.values()) stream.keepWaiting(isKept);
    return lost;
  }

  /**
   * The blocks that only the memory of this executor has: blocks of batches after `doneUpTo` and waiting blocks.
   * Records that a source can repeat are left out.
   */
  memoryBlocksOf(executorId: ExecutorId, doneUpTo: BatchTime): LostBlocks {
    const waiting = [...this.#streams.values()].flatMap((stream) => stream.waiting);
    const lost = [...this.#batches.blocksAfter(doneUpTo), ...waiting].filter(
      ({ durability, range, executorId: holder }) =>
        durability === 'memory' && range === undefined && holder === executorId,
    );
    return { blocks: lost.length, records: lost.reduce((sum, block) => sum + block.recordCount, 0) };
  }

  /** Gives up the replayed blocks of a stream whose place in the program belongs to another stream now. */
  dropStream(streamId: StreamId): void {
    this.#streams.get(streamId)?.keepWaiting(() => false);
    this.#batches.dropStream(streamId);
  }

  /** The amounts of the tracker, see `Holdings`. */
  get holdings(): Holdings {
    const streams = [...this.#streams.values()];
    const sum = (of: (stream: StreamBlocks) => number) => streams.reduce((total, one) => total + of(one), 0);
    return {
      underWay: {
        'tracking.additions': sum((stream) => stream.additionsUnderWay),
        'tracking.decisions': this.#decisions.length,
        'tracking.waitingBlocks': sum((stream) => stream.waiting.length),
        'tracking.waitingRecords': sum((stream) => stream.waitingRecords),
        'tracking.unpairedLogTimes': sum((stream) => stream.unpairedLogTimes),
      },
      kept: { 'tracking.allocatedInputs': this.#batches.inputCount, 'tracking.orphans': this.#orphans.size },
    };
  }

  /** The batch allocated last; undefined before the first. */
  get lastAllocated(): BatchTime | undefined {
    return this.#lastAllocated;
  }

  /** The batches whose blocks are known, in order. */
  knownBatches(): readonly BatchTime[] {
    return this.#batches.times;
  }

  /** The inputs of the streams without a receiver in a batch; empty for an unknown batch. */
  inputsOfBatch(batchTime: BatchTime): ReadonlyMap<StreamId, unknown> {
    return this.#batches.get(batchTime)?.inputs ?? NO_INPUTS;
  }

  /**
   * The position of the last registered block of a replayable stream, after all additions in progress have been
   * answered: its source continues after that position. Undefined when there was none.
   *
   * @throws `MR_TRACKING_UNKNOWN_STREAM`.
   */
  async lastPosition(streamId: StreamId): Promise<unknown> {
    const stream = this.#streamOf(streamId);
    return stream.afterAdditions(() => this.#batches.lastPosition(streamId, stream.waiting));
  }

  /**
   * Gives all waiting blocks to the batch, and an empty list for a stream without blocks. A batch time up to the last
   * allocated one gets the same blocks again (BAT-4). `inputs`, the inputs of the other streams, are logged with the
   * allocation.
   *
   * @throws `MR_TRACKING_ALLOCATION_REFUSED` (disposition `back-off`) when the log write failed: nothing has changed,
   * the batch has to wait and allocate again; an error of disposition `stop-engine` of the log unchanged.
   * `MR_TRACKING_BATCH_FORGOTTEN` for an earlier batch that was cleaned up or never allocated. `MR_TRACKING_STOPPED`
   * after `stop`.
   */
  allocateBlocksToBatch(
    batchTime: BatchTime,
    inputs: ReadonlyMap<StreamId, unknown> = NO_INPUTS,
  ): Promise<BatchInput> {
    return this.#decisions.run(() => {
      if (this.#isStopped) throw trackingError('MR_TRACKING_STOPPED', 'no blocks are allocated after stop');
      const isNew = this.#lastAllocated === undefined || batchTime > this.#lastAllocated;
      return isNew ? this.#allocate(batchTime, inputs) : this.#allocatedBefore(batchTime);
    });
  }

  /**
   * Logs that batches are skipped, `from` and `to` included. Waiting blocks stay for the next batch.
   *
   * @throws `MR_TRACKING_ALLOCATION_REFUSED` when the log write failed; the log's own error when no retry can write to
   * the log (disposition `stop-engine`); `MR_TRACKING_STOPPED` after `stop`.
   */
  skipBatches(from: BatchTime, to: BatchTime): Promise<void> {
    return this.#decisions.run(async () => {
      if (this.#isStopped) throw trackingError('MR_TRACKING_STOPPED', 'no batches are skipped after stop');
      await this.#decisionLog.skip(from, to);
    });
  }

  /** The blocks of a batch; undefined when the batch was never allocated or is cleaned up. */
  blocksOfBatch(batchTime: BatchTime): BatchInput | undefined {
    return this.#batches.get(batchTime)?.input;
  }

  /** True when a block waits for a batch. */
  hasUnallocatedBlocks(): boolean {
    return [...this.#streams.values()].some((stream) => stream.hasWaiting);
  }

  /** The streams with waiting blocks; after a replay also streams that the program no longer has. */
  streamsWithUnallocatedBlocks(): readonly StreamId[] {
    const waiting = [...this.#streams].filter(([, stream]) => stream.hasWaiting).map(([id]) => id);
    return [...waiting, ...new Set(this.#orphans.values())];
  }

  /** The number of records that wait for a batch. */
  unallocatedRecordCount(): number {
    return [...this.#streams.values()].reduce((sum, { waitingRecords }) => sum + waitingRecords, 0);
  }

  /**
   * Drops the batches before `threshold`, which are done and which no window reads, in memory only: a restarted driver
   * finds the batches in the log until `cleanupOldBatches`. Memory therefore stays small however long a clean-up has to
   * wait.
   */
  forgetDoneBatches(threshold: BatchTime): Promise<void> {
    return this.#decisions.run(() => {
      const positions = this.#batches.positionsBefore(threshold, this.#streams.keys());
      if (!this.#batches.forgetBefore(threshold)) return;
      this.#forgottenBefore = threshold;
      this.#batches.notePositions(positions);
    });
  }

  /**
   * Forgets the batches before `threshold`, itself excluded, in the log as well; `doneUpTo` is the last done batch.
   * Returns false when the log write failed: no batch is removed, and the next clean-up tries again.
   */
  cleanupOldBatches(threshold: BatchTime, doneUpTo: BatchTime = threshold): Promise<boolean> {
    if (this.#isStopped) return Promise.resolve(!this.#hasCleanup(threshold));
    // Requested before the stop, so the clean-up is written before the end of the log, after any write in progress.
    return this.#decisions.run(() => this.#cleanup(threshold, doneUpTo));
  }

  /** Waits for writes in progress, then closes the log. May be repeated; additions are refused from now on. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    const additions = [...this.#streams.values()].map((stream) => stream.stop());
    await Promise.all([this.#decisions.run(() => undefined), ...additions]);
    await this.#metadataLog.close();
  }

  async #allocate(batchTime: BatchTime, inputs: ReadonlyMap<StreamId, unknown>): Promise<BatchInput> {
    const blocks = new Map([...this.#streams].map(([id, stream]) => [id, stream.waiting]));
    const input: BatchInput = { batchTime, blocks };
    await this.#decisionLog.allocate(batchTime, input, inputs);
    let contentFromMs = Number.POSITIVE_INFINITY;
    for (const [id, taken] of blocks) {
      const stream = this.#streamOf(id);
      contentFromMs = Math.min(contentFromMs, stream.contentFromMs(taken.length));
      stream.take(taken.length);
    }
    this.#contentTimes.add(batchTime, contentFromMs);
    this.#batches.set(batchTime, { input, inputs });
    this.#lastAllocated = batchTime;
    return input;
  }

  #allocatedBefore(batchTime: BatchTime): BatchInput {
    const known = this.#batches.get(batchTime);
    if (known !== undefined) return known.input;
    const message = `expected a batch time after ${this.#lastAllocated} or one still known, got ${batchTime}`;
    throw trackingError('MR_TRACKING_BATCH_FORGOTTEN', message, { details: { batchTime } });
  }

  /** True when a clean-up has anything to write. */
  #hasCleanup(threshold: BatchTime): boolean {
    const hasOld = this.#batches.times.some((batchTime) => batchTime < threshold);
    return hasOld || this.#forgottenBefore !== undefined || this.#logsProgress;
  }

  async #cleanup(threshold: BatchTime, doneUpTo: BatchTime): Promise<boolean> {
    if (!this.#hasCleanup(threshold)) return true;
    const batchTimes = this.#batches.times.filter((batchTime) => batchTime < threshold);
    const positions = this.#batches.positionsBefore(threshold, this.#streams.keys());
    const cleanUp = { kind: 'batch-cleanup', timeMs: threshold, batchTimes, doneUpTo, positions } as const;
    if (!(await this.#decisionLog.cleanUp(cleanUp))) return false;
    this.#batches.notePositions(positions);
    this.#batches.forgetBefore(threshold);
    this.#contentTimes.forgetBefore(threshold);
    if ((this.#forgottenBefore ?? threshold) <= threshold) this.#forgottenBefore = undefined;
    await this.#cleanLog(threshold);
    return true;
  }

  #replayAddition(block: ReceivedBlockInfo, timeMs: BatchTime): void {
    const stream = this.#streams.get(block.streamId);
    if (stream === undefined) this.#orphans.set(block.blockId, block.streamId);
    else stream.replayAddition(block, timeMs);
  }

  #replayAllocation({ timeMs, input, inputs }: BatchAllocation): void {
    let contentFromMs = Number.POSITIVE_INFINITY;
    for (const [id, blocks] of input.blocks) {
      for (const { blockId } of blocks) this.#orphans.delete(blockId);
      const stream = this.#streams.get(id);
      if (stream !== undefined) contentFromMs = Math.min(contentFromMs, stream.replayAllocation(blocks));
    }
    this.#contentTimes.add(timeMs, contentFromMs);
    this.#batches.set(timeMs, { input, inputs });
    this.#lastAllocated = Math.max(timeMs, this.#lastAllocated ?? timeMs);
  }

  /**
   * The log must keep the additions of blocks that no allocation in it repeats, and the additions with the content of
   * blocks that a batch from the threshold on needs (WAL-4).
   */
  async #cleanLog(threshold: BatchTime): Promise<void> {
    let neededFrom = Math.min(threshold, this.#contentTimes.neededFrom(threshold));
    for (const { neededFromMs } of this.#streams.values()) neededFrom = Math.min(neededFrom, neededFromMs);
    await this.#decisionLog.clean(threshold, neededFrom);
  }

  #streamOf(streamId: StreamId): StreamBlocks {
    const stream = this.#streams.get(streamId);
    if (stream !== undefined) return stream;
    const message = `expected one of the streams ${[...this.#streams.keys()].join(', ')}, got ${streamId}`;
    throw trackingError('MR_TRACKING_UNKNOWN_STREAM', message, { details: { streamId } });
  }
}
