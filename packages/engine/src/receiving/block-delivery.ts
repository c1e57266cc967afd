// What a push does: the block becomes durable, then the driver learns of it, and only then is anything acknowledged
// (REC-1). A block that is durable is not stored again when the driver cannot be reached: only the message is repeated.
import type {
  ExecutorId,
  Logger,
  ReceivedBlockHandler,
  ReceiverAttemptId,
  StoredBlock,
  StreamId,
} from '@millrace/core';
import type { Acknowledger } from './acknowledger.ts';
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
  readonly log: Logger;
}

/** Delivers the blocks of one receiver. */
export class BlockDelivery {
  readonly #parts: BlockDeliveryParts;

  constructor(parts: BlockDeliveryParts) {
    this.#parts = parts;
  }

  /**
   * Stores and registers a block, and queues its acknowledgement.
   *
   * @throws what the handler threw: the block is then not stored, and may be delivered again. The signal's reason when
   * it is aborted first: whether the driver knows the block is then uncertain, so it counts as left behind.
   */
  async deliver(cut: CutBlock, signal: AbortSignal): Promise<void> {
    await this.#parts.acknowledger.room(signal);
    const stored = await this.#parts.handler.storeBlock(cut.id, cut.block);
    if (signal.aborted) {
      await this.#forget(cut);
      signal.throwIfAborted();
    }
    await this.#register(stored, this.#metadataOf(cut), signal);
    this.#parts.acknowledger.add(cut.tokens);
  }

  #metadataOf({ tokens, metadata }: CutBlock): unknown {
    return this.#parts.isReplayable && tokens.length > 0 ? { position: tokens.at(-1) } : metadata;
  }

  async #register(stored: StoredBlock, metadata: unknown, signal: AbortSignal): Promise<void> {
    const { streamId, attemptId, executorId, link } = this.#parts;
    const block = { ...stored, streamId, executorId, ...(metadata === undefined ? {} : { metadata }) };
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
