// The steps of a push: the block becomes durable, then the driver registers the block, and only then are records
// acknowledged (REC-1). A durable block is not stored again when the driver cannot be reached: only the message is
// repeated. A handler that reads the driver's log may do both at once: the driver then writes the content of the block in
// the entry of the registration, and one sync serves both.
//
// For a source that can be read again, the driver also learns the range of the block. The range is as durable as the
// driver's log; a handler that logs does not log the records as well.
//
// Records that the codec does not accept are left out before the block is stored, and their number is reported to the
// driver. These records are acknowledged with their block, because the source would otherwise send them again for ever.
import {
  type Codec,
  type ExecutorId,
  isMillraceError,
  type Logger,
  type ReceivedBlockHandler,
  type ReceiverAttemptId,
  type SourceRange,
  type StoredBlock,
  type StreamId,
} from '@millrace/core';
import { type AddBlockReply, type LeftOutRecords, refusalsOf } from '@millrace/core/engine';
import type { Acknowledger } from './acknowledger.ts';
import { positionIn } from './block-position.ts';
import type { CutBlock } from './cut-block.ts';
import type { DriverLink } from './driver-link.ts';
import { receivingError } from './receiving-errors.ts';
import { type SiftedBlock, siftBlock } from './sift-records.ts';

/** The collaborators of a `BlockDelivery`. */
export interface BlockDeliveryDeps {
  readonly streamId: StreamId;
  readonly attemptId: ReceiverAttemptId;
  readonly executorId: ExecutorId;
  readonly handler: ReceivedBlockHandler;
  readonly codec: Codec;
  readonly link: DriverLink;
  readonly acknowledger: Acknowledger;
  /** Called for each registered block; `isCrowded`: many blocks of the stream wait for a batch. */
  readonly onRegistered: (isCrowded: boolean) => void;
  /** True when the tokens are positions: the last position of a block is registered with the block. */
  readonly isReplayable: boolean;
  /** True when the receiver stores only records that every codec accepts. */
  readonly storesPlainRecords: boolean;
  /** True when left-out records become dead letters. Default false. */
  readonly keepsLetters?: boolean;
  /** True when the receiver can read ranges of its source again. */
  readonly readsRanges: boolean;
  /** The position after which this run reads; undefined for the beginning. */
  readonly resumeFrom: unknown;
  /** True when the handler reads the driver's log: a block may be stored in the entry of its registration. */
  readonly readsDriverLog: boolean;
  readonly log: Logger;
}

/** The records of a block that were left out, counted and as dead letters. */
interface LeftOut {
  readonly leftOut: LeftOutRecords | undefined;
  readonly letters: SiftedBlock['letters'];
}

/** The data of a registration beside the stored block. */
interface Registration {
  readonly metadata: unknown;
  readonly range: SourceRange | undefined;
  readonly continues: boolean;
  /** The content of the block, when the registration stores the block. */
  readonly content?: Uint8Array;
  readonly signal: AbortSignal;
}

interface StoreAs extends Registration {
  readonly canBeReadAgain: boolean;
}

/** A block that is stored, and perhaps registered already. */
interface Delivered extends LeftOut {
  readonly stored: StoredBlock;
  readonly isRegistered: boolean;
}

/** A place in the source; undefined while unknown. */
type Place = { readonly position: unknown } | undefined;

/** Delivers the blocks of one receiver. */
export class BlockDelivery {
  readonly #deps: BlockDeliveryDeps;
  /** The beginning of the next block. */
  #place: Place;
  /** The block in delivery, without its left-out records: a repeated delivery sifts once. */
  #sifted: { readonly cut: CutBlock; readonly result: SiftedBlock } | undefined;

  constructor(deps: BlockDeliveryDeps) {
    this.#deps = deps;
    this.#place = { position: deps.resumeFrom };
  }

  /**
   * Stores and registers a block, and queues its acknowledgement.
   *
   * @throws `MR_RECEIVER_METADATA_UNSUPPORTED`; the error of the handler: the block is then not stored, and may be
   * delivered again. The signal's reason on an earlier abort: the driver may then know the block or not, so the block
   * counts as left behind.
   */
  async deliver(cut: CutBlock, signal: AbortSignal): Promise<void> {
    await this.#deps.acknowledger.room(signal);
    const { handler, acknowledger } = this.#deps;
    const metadata = this.#metadataOf(cut);
    const end = positionIn(metadata);
    const range = this.#rangeTo(end);
    // A handler without a log has to keep the block: nothing else slows down a source that is faster than the batches.
    const canBeReadAgain = range !== undefined && handler.durability !== 'memory';
    this.#assertData(metadata);
    const registration = { metadata, range, continues: cut.continues, signal };
    const { stored, isRegistered, ...left } = await this.#store(cut, { canBeReadAgain, ...registration });
    if (!isRegistered) {
      if (signal.aborted) {
        await this.#forget(cut);
        signal.throwIfAborted();
      }
      await this.#register(stored, { ...registration, ...left });
    }
    this.#sifted = undefined;
    this.#place = end === undefined ? undefined : { position: end };
    acknowledger.add(cut.tokens);
  }

  /** Stores the records of the block that the codec accepts. A handler that checks records itself checks first. */
  async #store(cut: CutBlock, how: StoreAs): Promise<Delivered> {
    const { handler, storesPlainRecords } = this.#deps;
    const isLookedAt = storesPlainRecords || (handler.refusesUnsupported === true && !how.canBeReadAgain);
    const sifted = isLookedAt ? this.#siftedOf(cut) : this.#sift(cut);
    try {
      return await this.#storeSifted(cut, sifted, how);
    } catch (error) {
      const isNew = sifted.leftOut === undefined && isMillraceError(error, 'MR_CODEC_UNSUPPORTED_VALUE');
      const again = isNew ? this.#siftByEncoding(cut) : undefined;
      if (again?.leftOut === undefined) throw error;
      return this.#storeSifted(cut, again, how);
    }
  }

  async #storeSifted({ id }: CutBlock, sifted: SiftedBlock, how: StoreAs): Promise<Delivered> {
    const { handler, readsDriverLog } = this.#deps;
    const { block, leftOut, letters } = sifted;
    const { canBeReadAgain, ...registration } = how;
    let isRegistered = false;
    const register = async (content: Uint8Array): Promise<void> => {
      const { recordCount, sizeBytes } = block;
      const stored = { blockId: id, recordCount, sizeBytes, durability: handler.durability };
      await this.#register(stored, { ...registration, leftOut, letters, content });
      isRegistered = true;
    };
    const options = readsDriverLog ? { canBeReadAgain, register } : { canBeReadAgain };
    return { stored: await handler.storeBlock(id, block, options), isRegistered, leftOut, letters };
  }

  #siftedOf(cut: CutBlock): SiftedBlock {
    return this.#sifted?.cut === cut ? this.#sifted.result : { block: cut.block, leftOut: undefined };
  }

  #sift(cut: CutBlock): SiftedBlock {
    if (this.#sifted?.cut !== cut) {
      this.#sifted = { cut, result: siftBlock(cut.block, this.#deps.codec, this.#deps) };
    }
    return this.#sifted.result;
  }

  /**
   * The handler that refused the block has encoded the records: only encoding identifies the unsupported records for
   * certain.
   */
  #siftByEncoding(cut: CutBlock): SiftedBlock {
    const { codec } = this.#deps;
    const byEncoding: Codec = {
      name: codec.name,
      encodeRecords: (records) => codec.encodeRecords(records),
      decodeRecords: (bytes) => codec.decodeRecords(bytes),
    };
    const result = siftBlock(cut.block, byEncoding, this.#deps);
    this.#sifted = { cut, result };
    return result;
  }

  /** Metadata of a block travels, and may be logged. Without it the source position would be lost. */
  #assertData(metadata: unknown): void {
    const { streamId, codec } = this.#deps;
    const [refusal] = metadata === undefined ? [] : refusalsOf(codec, [metadata]);
    if (refusal === undefined) return;
    const where = refusal.path.replace(/^record/, 'metadata');
    throw receivingError(
      'MR_RECEIVER_METADATA_UNSUPPORTED',
      `expected positions and metadata of stream ${streamId} to be plain data, and ${where} is ${refusal.found}`,
      { details: { streamId, path: where, found: refusal.found } },
    );
  }

  #metadataOf({ tokens, metadata }: CutBlock): unknown {
    return this.#deps.isReplayable && tokens.length > 0 ? { position: tokens.at(-1) } : metadata;
  }

  /** The range of the source that a block up to this position covers; undefined when one of its ends is unknown. */
  #rangeTo(to: unknown): SourceRange | undefined {
    if (!this.#deps.isReplayable || !this.#deps.readsRanges) return undefined;
    if (to === undefined || this.#place === undefined) return undefined;
    const { position: from } = this.#place;
    return from === undefined ? { to } : { from, to };
  }

  async #register(stored: StoredBlock, registration: Registration & LeftOut): Promise<void> {
    const { metadata, range, leftOut, letters, continues, content, signal } = registration;
    const { streamId, attemptId, executorId, link, onRegistered } = this.#deps;
    const block = {
      ...stored,
      streamId,
      executorId,
      ...(metadata === undefined ? {} : { metadata }),
      ...(range === undefined ? {} : { range }),
      ...(continues ? { continues } : {}),
      ...(letters === undefined ? {} : { leftOut: letters }),
    };
    const request = {
      attemptId,
      block,
      ...(leftOut === undefined ? {} : { leftOut }),
      ...(content === undefined ? {} : { content }),
    };
    const isAnswer = ({ accepted }: AddBlockReply): boolean => accepted;
    const { isCrowded = false } = await link.ask({ kind: 'AddBlock', request, signal, isAnswer });
    onRegistered(isCrowded);
  }

  /** Stored too late, and never registered with the driver: the block would never be removed. */
  async #forget({ id }: CutBlock): Promise<void> {
    try {
      await this.#deps.handler.removeBlocks([id]);
    } catch (error) {
      this.#deps.log.warn('a late block could not be removed', { blockId: id, error });
    }
  }
}
