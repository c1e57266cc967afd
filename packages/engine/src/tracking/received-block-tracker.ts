// Which blocks wait, and which batch got which. Blocks come in from the receiver tracker, the job generator takes all
// that wait for each batch, and what was decided stays decided: log first, then change memory. Therefore a block is
// in exactly one batch, and a batch that runs again has the same blocks in the same order (BAT-1, BAT-4, BLK-1).
//
// Additions of one stream are registered one after the other, those of different streams side by side, so that they
// can share a sync of the log. Allocations and clean-ups are a third queue. An allocation takes what is in memory at
// that moment; what is added while it is being written stays for the next batch.
import {
  type BatchInput,
  type BatchTime,
  type BlockId,
  type ExecutorId,
  isMillraceError,
  type Logger,
  type ReceivedBlockInfo,
  type StreamId,
} from '@millrace/core';
import {
  type BatchAllocation,
  MemoryMetadataLog,
  type MetadataEvent,
  type MetadataLog,
} from './metadata-log.ts';
import { positionOf } from './positions.ts';
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
  /**
   * Logs every clean-up, also one that forgets no batch: the log is then the one place that tells how far batches are
   * done. Default false.
   */
  readonly logsProgress?: boolean;
  readonly options?: Partial<ReceivedBlockTrackerOptions>;
}

/** The blocks of one stream. */
interface StreamBlocks {
  /** In the order of registration, which is the order of storing per attempt. */
  unallocated: WaitingBlock[];
  readonly registered: RegisteredBlocks;
  /** Additions under way by id: a repetition that comes meanwhile gets the same answer. */
  readonly pending: Map<BlockId, Promise<boolean>>;
  readonly additions: SerialQueue;
  /** The log time of the addition that is being written. */
  writingTimeMs?: BatchTime | undefined;
  /** Where the receiver's source goes on behind the blocks of batches that are forgotten. */
  forgottenPosition?: unknown;
}

/** What a batch is made of. */
type Batch = Pick<BatchAllocation, 'input' | 'inputs'>;

/** What a driver that died left behind and that cannot be had back. */
export interface LostBlocks {
  readonly blocks: number;
  readonly records: number;
}

const NO_INPUTS: ReadonlyMap<StreamId, unknown> = new Map();

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
  readonly #logsProgress: boolean;
  readonly #streams: ReadonlyMap<StreamId, StreamBlocks>;
  /** Allocations and clean-ups. A few wait at most: the job generator asks for one batch after the other. */
  readonly #decisions = new SerialQueue();
  /** Ascending, because allocations are. It holds what unfinished batches and windows need; the log has the others. */
  readonly #batches = new Map<BatchTime, Batch>();
  /** Replayed blocks that wait, of streams that the program does not have. */
  readonly #orphans = new Map<BlockId, StreamId>();
  #lastAllocated: BatchTime | undefined;
  /** Batches before this one are not in memory any more, but they are in the log. */
  #forgottenBefore: BatchTime | undefined;
  #unallocatedRecords = 0;
  #isStopped = false;

  constructor(setup: ReceivedBlockTrackerSetup) {
    this.#log = setup.log;
    this.#metadataLog = setup.metadataLog ?? new MemoryMetadataLog();
    this.#options = resolveTrackingOptions(setup.options);
    this.#logsProgress = setup.logsProgress ?? false;
    this.#streams = new Map(setup.streamIds.map((id) => [id, this.#emptyStream()]));
  }

  /**
   * Registers a block. True: it is logged and queued, or it had been before (a repetition is answered again and not
   * queued again, also when its batch is long done). False: it is not registered, add it again later; the log could
   * not be written, a bound is reached, or the tracker is stopped.
   *
   * @throws `MR_TRACKING_UNKNOWN_STREAM`; `MR_TRACKING_METADATA_UNSUPPORTED`, which no repetition can heal.
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
   * Takes in what an earlier driver decided, event by event, before anything else is asked. An event of a stream that
   * the program does not have any more is left out.
   */
  replay(event: MetadataEvent): void {
    if (event.kind === 'block-addition') this.#replayAddition(event.block, event.timeMs);
    else if (event.kind === 'batch-allocation') this.#replayAllocation(event);
    else if (event.kind === 'batch-cleanup') {
      this.#deleteBatches(event.timeMs);
      for (const [id, position] of event.positions) {
        const stream = this.#streams.get(id);
        if (stream !== undefined) stream.forgottenPosition = position;
      }
    }
  }

  /**
   * Gives up the blocks that were in the memory of the process that died and nowhere else, unless their batch is done
   * with: those of batches after `doneUpTo` and those that wait. What a source can give again is not lost. Called after the last event was replayed; the caller tells what is
   * lost.
   */
  dropLostBlocks(doneUpTo: BatchTime): LostBlocks {
    const lost = { blocks: 0, records: 0 };
    const isKept = (block: ReceivedBlockInfo): boolean => {
      if (block.durability !== 'memory' || block.range !== undefined) return true;
      lost.blocks += 1;
      lost.records += block.recordCount;
      return false;
    };
    for (const [batchTime, { input, inputs }] of this.#batches) {
      if (batchTime <= doneUpTo) continue;
      const blocks = new Map([...input.blocks].map(([id, infos]) => [id, infos.filter(isKept)]));
      this.#batches.set(batchTime, { input: { batchTime, blocks }, inputs });
    }
    for (const stream of this.#streams.values()) {
      stream.unallocated = stream.unallocated.filter(({ block }) => isKept(block));
    }
    this.#countUnallocated();
    return lost;
  }

  /** The blocks that only the memory of this executor has, of batches after `doneUpTo` and of those that wait. */
  memoryBlocksOf(executorId: ExecutorId, doneUpTo: BatchTime): LostBlocks {
    const allocated = [...this.#batches]
      .filter(([batchTime]) => batchTime > doneUpTo)
      .flatMap(([, { input }]) => [...input.blocks.values()].flat());
    const waiting = [...this.#streams.values()].flatMap(({ unallocated }) =>
      unallocated.map(({ block }) => block),
    );
    const lost = [...allocated, ...waiting].filter(
      (block) => block.durability === 'memory' && block.executorId === executorId,
    );
    return { blocks: lost.length, records: lost.reduce((sum, block) => sum + block.recordCount, 0) };
  }

  /** Gives up what was replayed of a stream: its place in the program belongs to another one now. */
  dropStream(streamId: StreamId): void {
    const stream = this.#streams.get(streamId);
    if (stream !== undefined) {
      stream.unallocated = [];
      stream.forgottenPosition = undefined;
    }
    for (const [batchTime, { input, inputs }] of this.#batches) {
      const blocks = new Map(input.blocks).set(streamId, []);
      const kept = new Map(inputs);
      kept.delete(streamId);
      this.#batches.set(batchTime, { input: { batchTime, blocks }, inputs: kept });
    }
    this.#countUnallocated();
  }

  /** The batch allocated last; undefined before the first. */
  get lastAllocated(): BatchTime | undefined {
    return this.#lastAllocated;
  }

  /** The batches whose blocks are known, in order. */
  knownBatches(): readonly BatchTime[] {
    return [...this.#batches.keys()];
  }

  /** What the streams without a receiver took for a batch; empty for a batch that is not known. */
  inputsOfBatch(batchTime: BatchTime): ReadonlyMap<StreamId, unknown> {
    return this.#batches.get(batchTime)?.inputs ?? NO_INPUTS;
  }

  /**
   * The position of the last block of a replayable stream that is registered, once all additions under way have been
   * answered: behind it, its source goes on. Undefined when there was none.
   *
   * @throws `MR_TRACKING_UNKNOWN_STREAM`.
   */
  async lastPosition(streamId: StreamId): Promise<unknown> {
    const stream = this.#streamOf(streamId);
    return stream.additions.run(() => {
      const allocated = [...this.#batches.values()].flatMap(({ input }) => input.blocks.get(streamId) ?? []);
      const waiting = stream.unallocated.map(({ block }) => block);
      return positionOf([...allocated, ...waiting]) ?? stream.forgottenPosition;
    });
  }

  /**
   * Gives all waiting blocks to the batch, and an empty list for a stream that has none. A batch time up to the last
   * allocated one gets the blocks it got then (BAT-4). `inputs`, what the other streams took for the batch, is written
   * down with it.
   *
   * @throws `MR_TRACKING_ALLOCATION_REFUSED` (disposition `back-off`) when it could not be logged: nothing has
   * changed, the batch has to wait and allocate again. `MR_TRACKING_BATCH_FORGOTTEN` for an earlier batch that was
   * cleaned up or never allocated. `MR_TRACKING_STOPPED` after `stop`.
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

  /** The blocks of a batch; undefined when it was never allocated or is cleaned up. */
  blocksOfBatch(batchTime: BatchTime): BatchInput | undefined {
    return this.#batches.get(batchTime)?.input;
  }

  /** Whether any block waits for a batch. */
  hasUnallocatedBlocks(): boolean {
    return [...this.#streams.values()].some((stream) => stream.unallocated.length > 0);
  }

  /** The streams of which blocks wait for a batch; after a replay also those that the program has no more. */
  streamsWithUnallocatedBlocks(): readonly StreamId[] {
    const waiting = [...this.#streams]
      .filter(([, stream]) => stream.unallocated.length > 0)
      .map(([id]) => id);
    return [...waiting, ...new Set(this.#orphans.values())];
  }

  /** How many records wait for a batch. */
  unallocatedRecordCount(): number {
    return this.#unallocatedRecords;
  }

  /**
   * Lets go of the batches before `threshold`, which are done and which no window reads, in memory only: a driver that
   * comes back finds them in the log until `cleanupOldBatches`. So memory stays small however long a clean-up has to
   * wait.
   */
  forgetDoneBatches(threshold: BatchTime): Promise<void> {
    return this.#decisions.run(() => {
      const positions = this.#positionsUpTo(threshold);
      if (!this.#deleteBatches(threshold)) return;
      this.#forgottenBefore = threshold;
      for (const [id, position] of positions) this.#streamOf(id).forgottenPosition = position;
    });
  }

  /**
   * Forgets the batches before `threshold`, itself excluded, in the log as well; `doneUpTo` is the last of the batches that are done with.
   * Answers false when that could not be logged: nothing is removed, and the next clean-up will do it.
   */
  cleanupOldBatches(threshold: BatchTime, doneUpTo: BatchTime = threshold): Promise<boolean> {
    return this.#decisions.run(() => this.#cleanup(threshold, doneUpTo));
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
      if (isMillraceError(error, 'MR_CODEC_UNSUPPORTED_VALUE')) throw unsupported(block, error);
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

  async #allocate(batchTime: BatchTime, inputs: ReadonlyMap<StreamId, unknown>): Promise<BatchInput> {
    const blocks = new Map<StreamId, readonly ReceivedBlockInfo[]>();
    for (const [id, stream] of this.#streams) {
      blocks.set(
        id,
        stream.unallocated.map((waiting) => waiting.block),
      );
    }
    const input: BatchInput = { batchTime, blocks };
    try {
      await this.#metadataLog.append({ kind: 'batch-allocation', timeMs: batchTime, input, inputs });
    } catch (cause) {
      const message = `the blocks of batch ${batchTime} could not be logged as its own, allocate again later`;
      throw trackingError('MR_TRACKING_ALLOCATION_REFUSED', message, { details: { batchTime }, cause });
    }
    for (const [id, taken] of blocks) this.#take(id, taken);
    this.#batches.set(batchTime, { input, inputs });
    this.#lastAllocated = batchTime;
    return input;
  }

  /** Removes the blocks that went to a batch; what came meanwhile stands behind them. */
  #take(streamId: StreamId, taken: readonly ReceivedBlockInfo[]): void {
    this.#streamOf(streamId).unallocated.splice(0, taken.length);
    for (const block of taken) this.#unallocatedRecords -= block.recordCount;
  }

  #allocatedBefore(batchTime: BatchTime): BatchInput {
    const known = this.#batches.get(batchTime);
    if (known !== undefined) return known.input;
    const message = `expected a batch time after ${this.#lastAllocated} or one still known, got ${batchTime}`;
    throw trackingError('MR_TRACKING_BATCH_FORGOTTEN', message, { details: { batchTime } });
  }

  async #cleanup(threshold: BatchTime, doneUpTo: BatchTime): Promise<boolean> {
    const batchTimes = [...this.#batches.keys()].filter((batchTime) => batchTime < threshold);
    const isNeeded = batchTimes.length > 0 || this.#forgottenBefore !== undefined || this.#logsProgress;
    if (!isNeeded) return true;
    if (this.#isStopped) return false;
    try {
      const positions = this.#positionsUpTo(threshold);
      await this.#metadataLog.append({
        kind: 'batch-cleanup',
        timeMs: threshold,
        batchTimes,
        doneUpTo,
        positions,
      });
      for (const [id, position] of positions) this.#streamOf(id).forgottenPosition = position;
    } catch (error) {
      this.#log.warn('old batches are kept, their clean-up could not be logged', { threshold, error });
      return false;
    }
    this.#deleteBatches(threshold);
    if ((this.#forgottenBefore ?? threshold) <= threshold) this.#forgottenBefore = undefined;
    await this.#cleanLog(threshold);
    return true;
  }

  /** Whether there were any. */
  #deleteBatches(before: BatchTime): boolean {
    const old = [...this.#batches.keys()].filter((batchTime) => batchTime < before);
    for (const batchTime of old) this.#batches.delete(batchTime);
    return old.length > 0;
  }

  /**
   * Where each replayable stream goes on behind the batches before `threshold`, or behind later ones that are forgotten:
   * as long as the log has those, their own positions count.
   */
  #positionsUpTo(threshold: BatchTime): ReadonlyMap<StreamId, unknown> {
    const positions = new Map<StreamId, unknown>();
    const old = [...this.#batches].filter(([batchTime]) => batchTime < threshold);
    for (const [id, stream] of this.#streams) {
      const blocks = old.flatMap(([, { input }]) => input.blocks.get(id) ?? []);
      const position = positionOf(blocks) ?? stream.forgottenPosition;
      if (position !== undefined) positions.set(id, position);
    }
    return positions;
  }

  #replayAddition(block: ReceivedBlockInfo, timeMs: BatchTime): void {
    const stream = this.#streams.get(block.streamId);
    if (stream === undefined) this.#orphans.set(block.blockId, block.streamId);
    if (stream === undefined || stream.registered.look(block.blockId) === 'registered') return;
    stream.registered.add(block.blockId);
    stream.unallocated.push({ block, timeMs });
    this.#unallocatedRecords += block.recordCount;
  }

  #replayAllocation({ timeMs, input, inputs }: BatchAllocation): void {
    for (const [id, blocks] of input.blocks) {
      const stream = this.#streams.get(id);
      for (const { blockId } of blocks) this.#orphans.delete(blockId);
      if (stream === undefined) continue;
      for (const { blockId } of blocks) {
        if (stream.registered.look(blockId) === 'unregistered') stream.registered.add(blockId);
      }
      stream.unallocated = without(stream.unallocated, blocks);
    }
    this.#countUnallocated();
    this.#batches.set(timeMs, { input, inputs });
    this.#lastAllocated = Math.max(timeMs, this.#lastAllocated ?? timeMs);
  }

  #countUnallocated(): void {
    this.#unallocatedRecords = 0;
    for (const { unallocated } of this.#streams.values()) {
      for (const { block } of unallocated) this.#unallocatedRecords += block.recordCount;
    }
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

function unsupported({ blockId, streamId }: ReceivedBlockInfo, cause: unknown): Error {
  const message = `expected plain data about block ${blockId} of stream ${streamId}, so that it can be logged; convert it first`;
  return trackingError('MR_TRACKING_METADATA_UNSUPPORTED', message, {
    details: { blockId, streamId },
    cause,
  });
}

/** What still waits after these went to a batch. They are the first, unless additions were under way meanwhile. */
function without(waiting: WaitingBlock[], blocks: readonly ReceivedBlockInfo[]): WaitingBlock[] {
  if (blocks.every(({ blockId }, index) => waiting[index]?.block.blockId === blockId))
    return waiting.slice(blocks.length);
  const taken = new Set(blocks.map(({ blockId }) => blockId));
  return waiting.filter(({ block }) => !taken.has(block.blockId));
}
