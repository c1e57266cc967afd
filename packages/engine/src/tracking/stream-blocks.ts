// The blocks of one stream: the registered blocks, and the blocks that wait for a batch. Additions of one stream are
// registered one after the other, log first; additions of different streams go side by side, so that they can share a
// sync of the log.
import {
  type BatchTime,
  type BlockId,
  isMillraceError,
  type Logger,
  type ReceivedBlockInfo,
  type ReceiverAttemptId,
  type StreamId,
} from '@millrace/core';
import { engineStopper } from '@millrace/core/engine';
import { attemptName } from '../receiving/block-ids.ts';
import { inlineIn } from './metadata-event-codec.ts';
import type { MetadataLog } from './metadata-log.ts';
import { RegisteredBlocks } from './registered-blocks.ts';
import { SerialQueue } from './serial-queue.ts';
import { trackingError } from './tracking-errors.ts';
import type { ReceivedBlockTrackerOptions } from './tracking-options.ts';

/**
 * The result of adding a block. `new`: logged and queued. `known`: registered before, and not queued again. `refused`:
 * not registered.
 */
export type BlockAdmission = 'new' | 'known' | 'refused';

/** The collaborators from the tracker. */
export interface StreamBlocksDeps {
  readonly streamId: StreamId;
  readonly log: Logger;
  readonly metadataLog: MetadataLog;
  readonly options: ReceivedBlockTrackerOptions;
  /** The time under which an addition is logged now. */
  readonly logTimeMs: () => BatchTime;
  /** Called when the log refuses for good. */
  readonly onFatal: (error: unknown) => void;
}

/** See the header of this file. */
export class StreamBlocks {
  readonly #deps: StreamBlocksDeps;
  readonly #registered: RegisteredBlocks;
  /** Additions in progress by id: a repetition that comes meanwhile gets the same answer. */
  readonly #pending = new Map<BlockId, Promise<BlockAdmission>>();
  readonly #additions = new SerialQueue();
  /** In the order of registration, which is the order of storing per attempt. */
  #waiting: ReceivedBlockInfo[] = [];
  /**
   * The log time of each waiting block: a list of its own, because an object per block would be one more for the
   * garbage collector.
   */
  #waitingSinceMs: BatchTime[] = [];
  #waitingRecords = 0;
  /** The log time of the addition that is being written. */
  #writingTimeMs: BatchTime | undefined;
  #isStopped = false;

  constructor(deps: StreamBlocksDeps) {
    const { maxKnownAttempts, maxKnownGaps } = deps.options;
    this.#deps = deps;
    this.#registered = new RegisteredBlocks({ maxAttempts: maxKnownAttempts, maxRanges: maxKnownGaps + 1 });
  }

  /** The blocks that wait for a batch, in order. */
  get waiting(): readonly ReceivedBlockInfo[] {
    return [...this.#waiting];
  }

  /** True when a block waits for a batch. */
  get hasWaiting(): boolean {
    return this.#waiting.length > 0;
  }

  /** True when half of the permitted blocks wait for a batch. */
  get isCrowded(): boolean {
    return this.#waiting.length >= this.#deps.options.maxUnallocatedBlocks / 2;
  }

  /** The number of records that wait for a batch. */
  get waitingRecords(): number {
    return this.#waitingRecords;
  }

  /** Additions that are not answered yet. */
  get additionsUnderWay(): number {
    return this.#pending.size + this.#additions.length;
  }

  /** The difference between the numbers of log times and of waiting blocks; always 0. */
  get unpairedLogTimes(): number {
    return this.#waiting.length - this.#waitingSinceMs.length;
  }

  /** The oldest log time of an addition that no allocation repeats; infinity without one. */
  get neededFromMs(): BatchTime {
    const waitingMs = this.#waitingSinceMs[0] ?? Number.POSITIVE_INFINITY;
    return Math.min(waitingMs, this.#writingTimeMs ?? Number.POSITIVE_INFINITY);
  }

  /** See `ReceivedBlockTracker.beginAttempt`. */
  beginAttempt(attemptId: ReceiverAttemptId): void {
    this.#registered.begin(attemptName(this.#deps.streamId, attemptId));
  }

  /** See `ReceivedBlockTracker.addBlock`. */
  add(block: ReceivedBlockInfo, content?: Uint8Array): Promise<BlockAdmission> {
    const underWay = this.#pending.get(block.blockId);
    if (underWay !== undefined) return underWay.then(ofRepetition);
    if (this.#pending.size >= this.#deps.options.maxPendingAdditions) return Promise.resolve('refused');
    const added = this.#additions.run(() => this.#register(block, content));
    this.#pending.set(block.blockId, added);
    return added.finally(() => this.#pending.delete(block.blockId));
  }

  /** Runs once all additions in progress have been answered. */
  afterAdditions<T>(run: () => T): Promise<T> {
    return this.#additions.run(run);
  }

  /** Refuses additions from now on; resolves when additions in progress have been answered. */
  stop(): Promise<void> {
    this.#isStopped = true;
    return this.#additions.run(() => undefined);
  }

  /** The oldest log time among the first waiting blocks whose content is in the log; infinity without such a block. */
  contentFromMs(count: number): BatchTime {
    // Log times rise, so the first such block is the oldest.
    const first = this.#waiting.findIndex(({ isInline }) => isInline === true);
    const isAmong = first >= 0 && first < count;
    return isAmong ? (this.#waitingSinceMs[first] ?? Number.NEGATIVE_INFINITY) : Number.POSITIVE_INFINITY;
  }

  /** Removes the first blocks, which went to a batch; blocks that came meanwhile follow them. */
  take(count: number): void {
    for (const { recordCount } of this.#waiting.splice(0, count)) this.#waitingRecords -= recordCount;
    this.#waitingSinceMs.splice(0, count);
  }

  /** Replays an addition of the log. */
  replayAddition(block: ReceivedBlockInfo, timeMs: BatchTime): void {
    if (this.#registered.look(block.blockId) === 'registered') return;
    this.#enqueue(block, timeMs);
  }

  /** Replays an allocation of these blocks. Returns the oldest log time of their content, see `contentFromMs`. */
  replayAllocation(blocks: readonly ReceivedBlockInfo[]): BatchTime {
    for (const { blockId } of blocks) {
      if (this.#registered.look(blockId) !== 'registered') this.#registered.add(blockId);
    }
    const isTheFirst = blocks.every(({ blockId }, index) => this.#waiting[index]?.blockId === blockId);
    // Additions may have been in progress while the batch was being written: then more blocks are looked at.
    const contentFromMs = this.contentFromMs(isTheFirst ? blocks.length : this.#waiting.length);
    if (isTheFirst) {
      this.take(blocks.length);
      return contentFromMs;
    }
    const taken = new Set(blocks.map(({ blockId }) => blockId));
    this.keepWaiting(({ blockId }) => !taken.has(blockId));
    return contentFromMs;
  }

  /** Keeps only some of the waiting blocks. */
  keepWaiting(isKept: (block: ReceivedBlockInfo) => boolean): void {
    const kept = this.#waiting.map(isKept);
    this.#waiting = this.#waiting.filter((_, index) => kept[index]);
    this.#waitingSinceMs = this.#waitingSinceMs.filter((_, index) => kept[index]);
    this.#waitingRecords = this.#waiting.reduce((sum, { recordCount }) => sum + recordCount, 0);
  }

  #enqueue(block: ReceivedBlockInfo, timeMs: BatchTime): void {
    this.#registered.add(block.blockId);
    this.#waiting.push(block);
    this.#waitingSinceMs.push(timeMs);
    this.#waitingRecords += block.recordCount;
  }

  async #register(block: ReceivedBlockInfo, content: Uint8Array | undefined): Promise<BlockAdmission> {
    const { metadataLog, options } = this.#deps;
    const registration = this.#registered.look(block.blockId);
    if (registration === 'registered') return 'known';
    if (registration === 'unknowable')
      return this.#refuse(
        block,
        'the block is of an earlier driver, or too old for recognising a repetition',
      );
    if (this.#isStopped) return this.#refuse(block, 'the tracker is stopped');
    if (this.#waiting.length >= options.maxUnallocatedBlocks) {
      return this.#refuse(block, 'too many blocks wait for a batch');
    }
    if (content !== undefined && !metadataLog.isDurable) {
      return this.#refuse(block, 'this driver has no log for the content of blocks');
    }
    const timeMs = this.#deps.logTimeMs();
    this.#writingTimeMs = timeMs;
    let stored = block;
    try {
      const event = { kind: 'block-addition', timeMs, block } as const;
      const handle = await metadataLog.append(content === undefined ? event : { ...event, content });
      if (content !== undefined && handle !== undefined) stored = inlineIn(block, handle);
    } catch (error) {
      if (isMillraceError(error, 'MR_CODEC_UNSUPPORTED_VALUE')) throw unsupported(block, error);
      const fatal = engineStopper(error);
      if (fatal !== undefined) this.#deps.onFatal(fatal);
      return this.#refuse(block, 'it could not be logged', error);
    } finally {
      this.#writingTimeMs = undefined;
    }
    this.#enqueue(stored, timeMs);
    return 'new';
  }

  #refuse({ blockId, streamId }: ReceivedBlockInfo, reason: string, error?: unknown): 'refused' {
    const cause = error === undefined ? {} : { error };
    this.#deps.log.warn('a block was refused', { blockId, streamId, reason, ...cause });
    return 'refused';
  }
}

function ofRepetition(admission: BlockAdmission): BlockAdmission {
  return admission === 'new' ? 'known' : admission;
}

function unsupported({ blockId, streamId }: ReceivedBlockInfo, cause: unknown): Error {
  const message = `expected plain data about block ${blockId} of stream ${streamId}, so that it can be logged; convert it first`;
  return trackingError('MR_TRACKING_METADATA_UNSUPPORTED', message, {
    details: { blockId, streamId },
    cause,
  });
}
