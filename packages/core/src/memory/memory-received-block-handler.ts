// Blocks with the lifetime of the process: stored records go to the block store and nowhere else. This is the handler
// of an engine without a write-ahead log; the declared durability is `memory`.
import type { BlockStore } from '../contracts/block-store.ts';
import type { Block, Durability, StoredBlock } from '../contracts/block.ts';
import type { BatchTime, BlockId } from '../contracts/identifiers.ts';
import type { ReceivedBlockHandler } from '../contracts/received-block-handler.ts';

/** Stores received blocks in a block store; the default. */
export class MemoryReceivedBlockHandler implements ReceivedBlockHandler {
  readonly durability: Durability = 'memory';
  readonly #blocks: BlockStore;

  constructor(blocks: BlockStore) {
    this.#blocks = blocks;
  }

  /** Stores a block as not evictable: there is no other copy. @throws any error of the block store. */
  async storeBlock(id: BlockId, block: Block): Promise<StoredBlock> {
    await this.#blocks.put(id, block);
    const { recordCount, sizeBytes } = block;
    return { blockId: id, recordCount, sizeBytes, durability: this.durability };
  }

  /** The block, or undefined when the block is gone. */
  readBlock(stored: StoredBlock): Promise<Block | undefined> {
    return this.#blocks.get(stored.blockId);
  }

  /** Does nothing: there is no log to clean, and single blocks are removed by `removeBlocks`. */
  async cleanupOldBlocks(_threshold: BatchTime): Promise<void> {}

  /** Removes blocks of a complete batch. */
  removeBlocks(ids: readonly BlockId[]): Promise<void> {
    return this.#blocks.remove(ids);
  }
}
