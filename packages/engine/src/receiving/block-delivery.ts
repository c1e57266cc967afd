// What a push does: the block becomes durable, then the driver learns of it, and only then is anything acknowledged
// (REC-1). A block that is durable is not stored again when the driver cannot be reached: only the message is repeated.
//
// Where the source can be read again, the driver learns which part of it the block is. That is as durable as the driver's
// log; a handler that logs does not log the records as well.
import type {
  ExecutorId,
  Logger,
  ReceivedBlockHandler,
  ReceiverAttemptId,
  SourceRange,
  StoredBlock,
  StreamId,
} from '@millrace/core';
import type { Acknowledger } from './acknowledger.ts';
import { positionIn } from './block-position.ts';
import type { CutBlock } from './cut-block.ts';
import type { DriverLink } from './driver-link.ts';

/** What a `BlockDelivery` is made of. */
export interface BlockDeliveryParts {
  readonly streamId: StreamId;
  readonly attemptId: ReceiverAttemptId;
  readonly executorId: ExecutorId;
  readonly handler: ReceivedBlockHandler;
  readonly link: DriverLink;
  readonly acknowledger: Acknowledger;
  /** Whether the tokens are positions: the last one of a block is registered with it. */
  readonly isReplayable: boolean;
  /** Whether the receiver can read ranges of its source again. */
  readonly readsRanges: boolean;
  /** The position behind which this run reads; undefined: from the beginning. */
  readonly resumeFrom: unknown;
  readonly log: Logger;
}

/** A place in the source; undefined while it is not known. */
type Place = { readonly position: unknown } | undefined;

/** Delivers the blocks of one receiver. */
export class BlockDelivery {
  readonly #parts: BlockDeliveryParts;
  /** Where the next block begins. */
  #place: Place;

  constructor(parts: BlockDeliveryParts) {
    this.#parts = parts;
    this.#place = { position: parts.resumeFrom };
  }

  /**
   * Stores and registers a block, and queues its acknowledgement.
   *
   * @throws what the handler threw: the block is then not stored, and may be delivered again. The signal's reason when
   * it is aborted first: whether the driver knows the block is then uncertain, so it counts as left behind.
   */
  async deliver(cut: CutBlock, signal: AbortSignal): Promise<void> {
    await this.#parts.acknowledger.room(signal);
    const { handler, acknowledger } = this.#parts;
    const metadata = this.#metadataOf(cut);
    const end = positionIn(metadata);
    const range = this.#rangeTo(end);
    // A handler without a log has to keep it: nothing else holds back a source that is faster than the batches.
    const canBeReadAgain = range !== undefined && handler.durability !== 'memory';
    const stored = await handler.storeBlock(cut.id, cut.block, { canBeReadAgain });
    if (signal.aborted) {
      await this.#forget(cut);
      signal.throwIfAborted();
    }
    await this.#register(stored, { metadata, range }, signal);
    this.#place = end === undefined ? undefined : { position: end };
    acknowledger.add(cut.tokens);
  }

  #metadataOf({ tokens, metadata }: CutBlock): unknown {
    return this.#parts.isReplayable && tokens.length > 0 ? { position: tokens.at(-1) } : metadata;
  }

  /** The part of the source that a block up to this position is; undefined when one of its ends is not known. */
  #rangeTo(to: unknown): SourceRange | undefined {
    if (!this.#parts.isReplayable || !this.#parts.readsRanges) return undefined;
    if (to === undefined || this.#place === undefined) return undefined;
    const { position: from } = this.#place;
    return from === undefined ? { to } : { from, to };
  }

  async #register(
    stored: StoredBlock,
    { metadata, range }: { readonly metadata: unknown; readonly range: SourceRange | undefined },
    signal: AbortSignal,
  ): Promise<void> {
    const { streamId, attemptId, executorId, link } = this.#parts;
    const block = {
      ...stored,
      streamId,
      executorId,
      ...(metadata === undefined ? {} : { metadata }),
      ...(range === undefined ? {} : { range }),
    };
    const request = { attemptId, block };
    await link.ask({ kind: 'AddBlock', request, signal, isAnswer: (reply) => reply.accepted });
  }

  /** Stored too late, and the driver was never told: nobody would ever remove it. */
  async #forget({ id }: CutBlock): Promise<void> {
    try {
      await this.#parts.handler.removeBlocks([id]);
    } catch (error) {
      this.#parts.log.warn('a block that came too late could not be removed', { blockId: id, error });
    }
  }
}
