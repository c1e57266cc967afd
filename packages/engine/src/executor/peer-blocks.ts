// Reads received blocks of other executors. A task goes to its block when possible. Otherwise (a partition of
// several blocks, an executor of an earlier failure) the block comes to the task: from the nearest place that has the block.
//
//   log near (files)       memory or log of this executor ─► the executor that stored the block
//   log far (on servers)   memory of this executor ─► memory of the executor that stored the block ─► log
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

  /**
   * The block, or undefined when neither a log nor a living executor has the block.
   *
   * @throws the error of the handler; an error of the other executor, unless a log has the block.
   */
  async read(info: ReceivedBlockInfo): Promise<Block | undefined> {
    const { executorId, handler } = this.#deps;
    const isFar = handler.readFromMemory !== undefined;
    const near = await this.#readNear(info);
    if (near !== undefined) return near;
    const fetched = info.executorId === executorId ? undefined : await this.#fetch(info, isFar);
    return fetched ?? (isFar ? handler.readBlock(info) : undefined);
  }

  /** Answers another executor. Records leave as bytes; the stored records are unchanged. */
  async fetchBlock({ block: info }: FetchBlock): Promise<FetchBlockReply> {
    const block = await this.#readNear(info);
    if (block === undefined) return {};
    if (block.kind !== 'records') return { block };
    const records = block.chunks.flatMap(({ records, length }) => records.slice(0, length));
    const { recordCount, sizeBytes } = block;
    const bytes = this.#deps.codec.encodeRecords(records);
    return { block: { kind: 'encoded', bytes, recordCount, sizeBytes } };
  }

  #readNear(info: ReceivedBlockInfo): Promise<Block | undefined> {
    const { handler } = this.#deps;
    return handler.readFromMemory === undefined ? handler.readBlock(info) : handler.readFromMemory(info);
  }

  /** From the executor that stored the block; undefined when that executor is gone or has dropped the block. */
  async #fetch(info: ReceivedBlockInfo, hasLog: boolean): Promise<Block | undefined> {
    const { peers, epoch, log } = this.#deps;
    const { blockId, executorId: from } = info;
    try {
      return (await peers.ask(from, 'FetchBlock', { epoch: epoch(), block: info })).block;
    } catch (error) {
      const isGone = isMillraceError(error, 'MR_EXECUTOR_UNREACHABLE');
      if (!isGone && !hasLog) throw error;
      const reason = isGone ? 'is gone' : 'could not pass the block on';
      log[hasLog ? 'info' : 'warn'](`the executor that had a block ${reason}`, { blockId, from, error });
      return undefined;
    }
  }
}
