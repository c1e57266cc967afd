// The memory in which an executor keeps blocks between receiving and processing.
import type { Block } from './block.ts';
import type { BlockId } from './identifiers.ts';
import { portToken } from './port-token.ts';

/** How full a block store is. */
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
   * Keeps a block. Putting the same id again is an error, because ids never repeat (`MR_BLOCK_DUPLICATE`).
   *
   * When the bound would be passed: `MR_BLOCK_STORE_FULL`, disposition `back-off`. Nothing is evicted to make room
   * unless the block was put with `evictable: true`, which is said of blocks that a log can give back. The
   * supervisor then retries the push, its queue fills, and `store` tells the source to wait (BLK-2).
   */
  put(id: BlockId, block: Block, options?: { readonly evictable?: boolean }): Promise<void>;

  /** The block, or undefined when it is not here: never stored, evicted or removed. */
  get(id: BlockId): Promise<Block | undefined>;

  /** Whether `get` would find it, without reading it. */
  has(id: BlockId): boolean;

  /** Forgets blocks. Ids that are not here are no error. */
  remove(ids: readonly BlockId[]): Promise<void>;

  /** How full it is. */
  usage(): BlockStoreUsage;
}

/** The token of the block store. Shipped: `MemoryBlockStore` (default). */
export const BlockStore = portToken<BlockStore>('BlockStore');
