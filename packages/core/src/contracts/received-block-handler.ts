// What makes a block safe. Everything that a receiver stores passes here; what the handler answers decides when
// the source may forget its copy.
import type { Block, Durability, StoredBlock } from './block.ts';
import type { BatchTime, BlockId } from './identifiers.ts';
import { portToken } from './port-token.ts';

/** How a block is stored. */
export interface StoreBlockOptions {
  /**
   * The source of the block can give it again, and the driver will know its range: nothing has to be made durable. A
   * copy in memory is enough, and the answer then says `durability: 'memory'`. A handler that has no room for it there
   * may store it like any other, or refuse it like any other. Default false.
   */
  readonly canBeReadAgain?: boolean;
}

/**
 * Stores blocks as durably as it declares, and reads them back.
 *
 * One per executor, shared by all its receivers; `storeBlock` is called concurrently for different receivers and
 * one after the other for each single one, in the order in which its blocks were cut (BLK-1).
 */
export interface ReceivedBlockHandler {
  /** What a resolved `storeBlock` means here. */
  readonly durability: Durability;

  /**
   * True: a `storeBlock` without `canBeReadAgain` refuses a block with a record that the engine's codec does not take, with
   * `MR_CODEC_UNSUPPORTED_VALUE`, because it encodes the records. The engine then looks at the records of a block only after
   * such a refusal. Default false: the engine looks at all records before it stores them.
   */
  readonly refusesUnsupported?: boolean;

  /**
   * Stores a block. Resolves once it is as durable as `durability` says, and not before (REC-1).
   *
   * Rejected: the block is not stored, and storing it again under the same id is allowed. The supervisor retries
   * with back-off, in order, and acknowledges nothing of the block meanwhile; a disposition of `stop-engine` ends
   * the receiver instead.
   */
  storeBlock(id: BlockId, block: Block, options?: StoreBlockOptions): Promise<StoredBlock>;

  /**
   * Reads a block for a task: from memory, or from where it was made durable.
   *
   * @returns undefined when the block is lost. One that has a range is then read again from its source; for any other
   * the task fails with `MR_BLOCK_LOST`; it never runs without.
   */
  readBlock(stored: StoredBlock): Promise<Block | undefined>;

  /**
   * Called after batches up to `threshold` are done with: removes what was kept for earlier ones. `threshold` is a
   * batch time of the driver, the only clock that decides about deletion (WAL-4). May be called again with the
   * same threshold.
   *
   * `registeredUpTo`: every block that was registered when the driver said this belongs to that batch or an earlier
   * one. By it, a handler can let go of blocks that nobody removes by name, once a threshold has passed it (ADR
   * 0007). Left out: not known.
   */
  cleanupOldBlocks(threshold: BatchTime, registeredUpTo?: BatchTime): Promise<void>;

  /** Forgets single blocks whose batch is complete. */
  removeBlocks(ids: readonly BlockId[]): Promise<void>;
}

/** The token of the handler. Shipped: `MemoryReceivedBlockHandler` (default). */
export const ReceivedBlockHandler = portToken<ReceivedBlockHandler>('ReceivedBlockHandler');
