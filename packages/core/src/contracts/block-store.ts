// The memory in which an executor holds blocks between receiving and processing.
import type { Block } from './block.ts';
import type { BlockId } from './identifiers.ts';
import { portToken } from './port-token.ts';

/** The fill level of a block store. */
export interface BlockStoreUsage {
  readonly blocks: number;
  readonly bytes: number;
  /** The bound, in bytes. */
  readonly maxBytes: number;
}

/**
 * Blocks by id, bounded in bytes.
 *
 * One per executor. Called by the received-block handler for every block (put), by tasks (get) and by clean-up
 * (remove), concurrently. A block is put once and never changed.
 */
export interface BlockStore {
  /**
   * Stores a block. Putting the same id again is an error, because ids never repeat (`MR_BLOCK_DUPLICATE`).
   *
   * A block that would exceed the bound fails with `MR_BLOCK_STORE_FULL`, disposition `back-off`. The store evicts only
   * blocks that were put with `evictable: true`, the mark of blocks that a log can restore. The supervisor then retries
   * the push, the supervisor's queue fills, and `store` tells the source to wait (BLK-2).
   */
  put(id: BlockId, block: Block, options?: { readonly evictable?: boolean }): Promise<void>;

  /** The block, or undefined when the store does not have the block: never stored, evicted or removed. */
  get(id: BlockId): Promise<Block | undefined>;

  /** True when `get` would find the block. Reads no block. */
  has(id: BlockId): boolean;

  /** Removes blocks. Unknown ids are not an error. */
  remove(ids: readonly BlockId[]): Promise<void>;

  /** The current fill level. */
  usage(): BlockStoreUsage;
}

/** The token of the block store. Shipped: `MemoryBlockStore` (default). */
export const BlockStore = portToken<BlockStore>('BlockStore');
