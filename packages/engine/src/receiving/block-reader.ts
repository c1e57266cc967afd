// Gives tasks the blocks of receivers: from the handler when present, else, for a block whose source can be read again,
// from the source. Blocks from the source are kept in memory while there is room, because a window will read them
// again.
//
// A batch that runs again must have the same records (BAT-4). The source's records are therefore compared with the
// registration. A source that has lost the range, or returns a changed range, fails the batch with a code: never
// silently with fewer or other records.
import {
  type Block,
  type BlockId,
  type BlockStore,
  type Clock,
  type Codec,
  type ConfiguredReceiver,
  isMillraceError,
  type Logger,
  messageOf,
  type ReceivedBlockInfo,
  type RecordChunk,
  type SourcePiece,
  type SourceRange,
  type Storage,
  type StreamId,
} from '@millrace/core';
import { ReleasingMap } from '@millrace/core/engine';
import { receivingError } from './receiving-errors.ts';
import { LeftOutCount, siftRecords } from './sift-records.ts';

/** The collaborators of a `BlockReader`. */
export interface BlockReaderDeps {
  /**
   * The first place of blocks, before the source: the handler, or with several executors, the handler and the other
   * executors.
   */
  readonly handler: { readBlock(info: ReceivedBlockInfo): Promise<Block | undefined> };
  /** The store of re-read blocks, evicted at any time. The handler removes them from there. */
  readonly blockStore: Pick<BlockStore, 'get' | 'put'>;
  /** The receiver of a stream in this executor's program; undefined without one. */
  readonly receiverOf: (streamId: StreamId) => ConfiguredReceiver<unknown> | undefined;
  /** Leaves out of a range the same records as at the time of storing. */
  readonly codec: Codec;
  readonly clock: Clock;
  readonly storage: Storage;
  readonly log: Logger;
}

type ReadRange = NonNullable<ConfiguredReceiver<unknown>['readRange']>;

/** Reads the blocks of one executor's tasks. */
export class BlockReader {
  readonly #deps: BlockReaderDeps;
  /** Ranges that are being read: tasks for the same block wait for the same read. At most the number of tasks. */
  readonly #reading = new ReleasingMap<BlockId, Promise<Block>>();

  constructor(deps: BlockReaderDeps) {
    this.#deps = deps;
  }

  /**
   * The block; undefined when it is lost and has no source to read from.
   *
   * @throws `MR_RECEIVER_RANGE_LOST` when the source has lost the records; a retryable error unchanged; the error of
   * the handler.
   */
  async read(info: ReceivedBlockInfo, signal: AbortSignal): Promise<Block | undefined> {
    const { handler, blockStore, receiverOf } = this.#deps;
    const block = await handler.readBlock(info);
    if (block !== undefined || info.range === undefined) return block;
    const kept = await blockStore.get(info.blockId);
    if (kept !== undefined) return kept;
    const readRange = receiverOf(info.streamId)?.readRange;
    if (readRange === undefined) throw lost(info, 'the receiver of the program cannot read the source again');
    return this.#reading.get(info.blockId) ?? this.#begin(info, info.range, { readRange, signal });
  }

  #begin(
    info: ReceivedBlockInfo,
    range: SourceRange,
    source: { readonly readRange: ReadRange; readonly signal: AbortSignal },
  ): Promise<Block> {
    const reading = this.#readAgain(info, range, source).finally(() => this.#reading.delete(info.blockId));
    this.#reading.set(info.blockId, reading);
    return reading;
  }

  async #readAgain(
    info: ReceivedBlockInfo,
    range: SourceRange,
    { readRange, signal }: { readonly readRange: ReadRange; readonly signal: AbortSignal },
  ): Promise<Block> {
    const { streamId, blockId, recordCount } = info;
    const log = this.#deps.log.child({ streamId, blockId });
    const block = new RangeBlock(info, this.#deps.codec);
    try {
      for await (const piece of readRange(range, { ...this.#deps, streamId, signal, log })) {
        signal.throwIfAborted();
        block.add(piece);
      }
      log.info('a block was read again from its source', { recordCount });
      return await this.#keep(blockId, block.end());
    } catch (error) {
      if (signal.aborted || mayHeal(error)) throw error;
      log.error('a block cannot be read again from its source', { recordCount, error });
      throw lost(info, messageOf(error), error);
    }
  }

  async #keep(id: BlockId, block: Block): Promise<Block> {
    try {
      await this.#deps.blockStore.put(id, block, { evictable: true });
    } catch (error) {
      // The task has the block; the next task reads the range once more.
      this.#deps.log.debug('a block that was read again could not be stored', { blockId: id, error });
    }
    return block;
  }
}

/** Collects the pieces of a range, at most the number of records of the block. */
class RangeBlock {
  readonly #info: ReceivedBlockInfo;
  readonly #codec: Codec;
  readonly #leftOut = new LeftOutCount();
  readonly #records: RecordChunk[] = [];
  readonly #lines: Uint8Array[] = [];
  #recordCount = 0;

  constructor(info: ReceivedBlockInfo, codec: Codec) {
    this.#info = info;
    this.#codec = codec;
  }

  add(piece: SourcePiece<unknown>): void {
    if (piece.kind === 'lines') {
      this.#recordCount += piece.lineCount;
      this.#lines.push(piece.bytes);
    } else {
      const sift = { codec: this.#codec, leftOut: this.#leftOut };
      const records = siftRecords(piece.records, sift) ?? piece.records;
      this.#recordCount += records.length;
      this.#records.push({ records, length: records.length });
    }
    if (this.#recordCount > this.#info.recordCount) throw this.#changed();
    if (this.#lines.length > 0 && this.#records.length > 0) throw this.#changed();
  }

  end(): Block {
    const { recordCount, sizeBytes } = this.#info;
    if (this.#recordCount !== recordCount) throw this.#changed();
    return this.#lines.length > 0
      ? { kind: 'text', chunks: this.#lines, recordCount, sizeBytes }
      : { kind: 'records', chunks: this.#records, recordCount, sizeBytes };
  }

  #changed(): Error {
    const { blockId, recordCount } = this.#info;
    const message = `expected the ${recordCount} records of block ${blockId} again, the source gave ${this.#recordCount}`;
    return receivingError('MR_RECEIVER_RANGE_CHANGED', message, {
      details: { blockId, recordCount, given: this.#recordCount },
    });
  }
}

function mayHeal(error: unknown): boolean {
  return isMillraceError(error) && (error.disposition === 'retry' || error.disposition === 'back-off');
}

function lost(info: ReceivedBlockInfo, why: string, cause?: unknown): Error {
  const { blockId, streamId, recordCount, range } = info;
  return receivingError(
    'MR_RECEIVER_RANGE_LOST',
    `block ${blockId} of stream ${streamId} with ${recordCount} records cannot be read again from its source: ${why}`,
    { details: { blockId, streamId, recordCount, range }, ...(cause === undefined ? {} : { cause }) },
  );
}
