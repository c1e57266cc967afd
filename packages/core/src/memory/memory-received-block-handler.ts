// Blocks that live as long as the process: what a receiver stores goes to the block store and nowhere else. It is
// the handler of an engine without a write-ahead log, and says so: its durability is `memory`.
import type { BlockStore } from '../contracts/block-store.ts';
import type { Block, Durability, StoredBlock } from '../contracts/block.ts';
import type { BatchTime, BlockId } from '../contracts/identifiers.ts';
import type { ReceivedBlockHandler } from '../contracts/received-block-handler.ts';

/** Keeps received blocks in a block store; the default. */
export class MemoryReceivedBlockHandler implements ReceivedBlockHandler {
  readonly durability: Durability = 'memory';
  readonly #blocks: BlockStore;

  constructor(blocks: BlockStore) {
    this.#blocks = blocks;
  }

  /** Stores a block, never to be evicted: nobody else has it. @throws what the block store throws. */
  async storeBlock(id: BlockId, block: Block): Promise<StoredBlock> {
    await this.#blocks.put(id, block);
    const { recordCount, sizeBytes } = block;
    return { blockId: id, recordCount, sizeBytes, durability: this.durability };
  }

  /** The block, or undefined when it is gone. */
  readBlock(stored: StoredBlock): Promise<Block | undefined> {
    return this.#blocks.get(stored.blockId);
  }

  /** Does nothing: there is no log to clean, and single blocks go by `removeBlocks`. */
  async cleanupOldBlocks(_threshold: BatchTime): Promise<void> {}

  /** Forgets blocks whose batch is complete. */
  removeBlocks(ids: readonly BlockId[]): Promise<void> {
    return this.#blocks.remove(ids);
  }
}
