// Block storage on executors. Every block of a receiver passes through the handler; the handler's answer decides when
// the source may drop its copy.
import type { Block, Durability, StoredBlock } from './block.ts';
import type { BatchTime, BlockId } from './identifiers.ts';
import { portToken } from './port-token.ts';
import type { Reach } from './reach.ts';
import type { LogEntry, LogGauges } from './write-ahead-log.ts';

/** Options for storing a block. */
export interface StoreBlockOptions {
  /**
   * The source can deliver the block again, and the driver will know the range of the block: durability is not
   * required. A copy in memory is sufficient; the answer then says `durability: 'memory'`. A handler without room in
   * memory may store the block like any other, or refuse the block like any other. Default false.
   */
  readonly canBeReadAgain?: boolean;

  /**
   * Registers the block with the driver, which writes these bytes in the same entry of its log. Resolves once the entry is
   * durable, so that one sync serves the block and its registration. A handler may call this function once instead of
   * making the block durable itself, and then resolves with `isInline`; the handler has to find the bytes by the
   * handle of the entry. Rejected: the block may be registered or not, and `storeBlock` rejects with the same error.
   * Present only for a handler whose `readsLog` has answered true.
   */
  readonly register?: (content: Uint8Array) => Promise<void>;
}

/**
 * Stores blocks with the declared durability, and reads blocks back.
 *
 * One handler per executor, shared by all receivers of the executor. `storeBlock` is called concurrently for different
 * receivers, and one call after the other for a single receiver, in the order in which the blocks were cut (BLK-1).
 */
export interface ReceivedBlockHandler {
  /** The durability that a resolved `storeBlock` guarantees. */
  readonly durability: Durability;

  /**
   * From where a block with a handle can be read, also after its executor is gone. Default `'host'`. Without a meaning for a
   * handler of durability `memory`, whose blocks have no handle.
   */
  readonly reach?: Reach;

  /**
   * The time, in milliseconds, for which a `storeBlock` may wait in an ordinary disturbance of the durable medium, for
   * instance the election of a leader, and then succeeds. Receivers are not held back meanwhile: the default of
   * `receiving.blockQueueSize` has room for the blocks of this time, within `receiving.maxHeldBytes`, and the default of
   * `tracking.registrationTimeoutMs` is at least twice this time. Default 0: a disk answers soon or fails.
   */
  readonly stallMs?: number;

  /**
   * True: a `storeBlock` without `canBeReadAgain` encodes the records and therefore refuses a block with a record that
   * the engine's codec does not accept, with `MR_CODEC_UNSUPPORTED_VALUE`. The engine then checks the records of a
   * block only after such a refusal. Default false: the engine checks all records before storing.
   */
  readonly refusesUnsupported?: boolean;

  /**
   * Resolves to true when this handler can read the log of the entry, with the durability of the handler: the entry at the
   * handle has exactly this payload. Asked with an entry of the driver's log before a receiver runs. Absent: the handler
   * reads no log of the driver, and `register` is never passed.
   */
  readsLog?(entry: LogEntry): Promise<boolean>;

  /**
   * Stores a block. Resolves once the block has the declared `durability`, and not before (REC-1).
   *
   * Rejected: the block is not stored, and storing it again under the same id is allowed. The supervisor retries with
   * back-off, in order, and acknowledges nothing of the block meanwhile; a disposition of `stop-engine` ends the
   * receiver instead.
   */
  storeBlock(id: BlockId, block: Block, options?: StoreBlockOptions): Promise<StoredBlock>;

  /**
   * Reads a block for a task: from memory, or from durable storage.
   *
   * @returns undefined when the block is lost. A block with a range is then read again from its source; for any other
   *   block the task fails with `MR_BLOCK_LOST` and never runs without the block.
   */
  readBlock(stored: StoredBlock): Promise<Block | undefined>;

  /**
   * Reads a block from the memory of this executor only; undefined when the block is not there. Present when the log of the
   * handler is far away, so that the memory of another executor is nearer: the engine then asks the memory of this executor,
   * the executor that stored the block, and `readBlock` last. Absent: `readBlock` comes first.
   */
  readFromMemory?(stored: StoredBlock): Promise<Block | undefined>;

  /**
   * Removes stored data of batches up to `threshold`, after these batches are complete. `threshold` is a batch time of
   * the driver, the only clock that decides about deletion (WAL-4). May be called again with the same threshold.
   *
   * `registeredUpTo`: every block that was registered when the driver sent this value belongs to that batch or an
   * earlier one. With this value a handler can release blocks that are never removed by name, once a threshold has
   * passed the value (ADR 0007). Absent: unknown.
   */
  cleanupOldBlocks(threshold: BatchTime, registeredUpTo?: BatchTime): Promise<void>;

  /** Removes single blocks of a complete batch. */
  removeBlocks(ids: readonly BlockId[]): Promise<void>;

  /** The amounts of the log that blocks are written to, for observers; undefined while no log is open. */
  logGauges?(): LogGauges | undefined;
}

/** The token of the handler. Shipped: `MemoryReceivedBlockHandler` (default). */
export const ReceivedBlockHandler = portToken<ReceivedBlockHandler>('ReceivedBlockHandler');
