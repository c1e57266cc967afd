// Gives tasks the blocks of receivers: from the handler if it still has them, else, for a block whose source can be
// read again, from the source. What comes from there is kept in memory while there is room, because a window will ask
// for it again.
//
// A batch that runs again must have the same records (BAT-4). So what the source gives is compared with what was
// registered, and a source that has the range no more, or not as it was, fails the batch with a code: never silently
// with fewer records, never with others.
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

/** What a `BlockReader` is made of. */
export interface BlockReaderDeps {
  /** Where blocks are without their source: the handler, or where there are other executors, the handler and those. */
  readonly handler: { readBlock(info: ReceivedBlockInfo): Promise<Block | undefined> };
  /** Where blocks that were read again are kept, to be evicted at any time. The handler removes them from there. */
  readonly blockStore: Pick<BlockStore, 'get' | 'put'>;
  /** The receiver of a stream in this executor's program; undefined when it has none. */
  readonly receiverOf: (streamId: StreamId) => ConfiguredReceiver<unknown> | undefined;
  /** Leaves out of a range what was left out when its records were stored. */
  readonly codec: Codec;
  readonly clock: Clock;
  readonly storage: Storage;
  readonly log: Logger;
}

type ReadRange = NonNullable<ConfiguredReceiver<unknown>['readRange']>;

/** Reads the blocks of one executor's tasks. */
export class BlockReader {
  readonly #deps: BlockReaderDeps;
  /** Ranges that are being read: tasks that want the same block wait for the same reading. As many as there are tasks. */
  readonly #reading = new ReleasingMap<BlockId, Promise<Block>>();

  constructor(deps: BlockReaderDeps) {
    this.#deps = deps;
  }

  /**
   * The block; undefined when it is gone and has no source to be read from.
   *
   * @throws `MR_RECEIVER_RANGE_LOST` when the source does not have its records any more; what is worth another try as
   * it came; what the handler throws.
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
      // The task has the block; the next one that wants it has it read once more.
      this.#deps.log.debug('a block that was read again could not be stored', { blockId: id, error });
    }
    return block;
  }
}

/** Puts the pieces of a range together, no more of them than the block had records. */
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
