// Reads received blocks of other executors. A task goes to its block when possible. Otherwise (a partition of
// several blocks, an executor of an earlier failure) the block comes to the task: from a log that both executors
// can read, else by a message from the executor that has the block.
import {
  type Block,
  type Codec,
  type Epoch,
  type ExecutorId,
  isMillraceError,
  type Logger,
  type ReceivedBlockHandler,
  type ReceivedBlockInfo,
} from '@millrace/core';
import type { ExecutorPeers, FetchBlock, FetchBlockReply } from '@millrace/core/engine';

/** Collaborators of the block reader. */
export interface PeerBlocksDeps {
  readonly executorId: ExecutorId;
  readonly handler: ReceivedBlockHandler;
  readonly peers: ExecutorPeers;
  readonly codec: Codec;
  readonly log: Logger;
  /** The epoch of the driver in charge. */
  readonly epoch: () => Epoch;
}

/** Reads blocks for the tasks of one executor, and serves this executor's blocks to other executors. */
export class PeerBlocks {
  readonly #deps: PeerBlocksDeps;

  constructor(deps: PeerBlocksDeps) {
    this.#deps = deps;
  }

  /** The block, or undefined when neither a log nor a living executor has the block. */
  async read(info: ReceivedBlockInfo): Promise<Block | undefined> {
    const { executorId, handler, peers, epoch, log } = this.#deps;
    const block = await handler.readBlock(info);
    if (block !== undefined || info.executorId === executorId) return block;
    try {
      const reply = await peers.ask(info.executorId, 'FetchBlock', { epoch: epoch(), block: info });
      return reply.block;
    } catch (error) {
      if (!isMillraceError(error, 'MR_EXECUTOR_UNREACHABLE')) throw error;
      log.warn('the executor that had a block is gone', { blockId: info.blockId, from: info.executorId });
      return undefined;
    }
  }

  /** Answers another executor. Records leave as bytes; the stored records are unchanged. */
  async fetchBlock({ block: info }: FetchBlock): Promise<FetchBlockReply> {
    const block = await this.#deps.handler.readBlock(info);
    if (block === undefined) return {};
    if (block.kind !== 'records') return { block };
    const records = block.chunks.flatMap(({ records, length }) => records.slice(0, length));
    const { recordCount, sizeBytes } = block;
    const bytes = this.#deps.codec.encodeRecords(records);
    return { block: { kind: 'encoded', bytes, recordCount, sizeBytes } };
  }
}
