// Received blocks in streams of JetStream: durable on a quorum of servers, and readable from every host. The copy in memory is a
// cache, which may be evicted at any time. A block that its source can deliver again is in memory only, as long as there is room.
// The blocks of the streams are removed by the driver (`nats-block-keeper.ts`), never by an executor.
import {
  type BatchTime,
  type Block,
  type BlockId,
  type BlockStore,
  type Codec,
  coreError,
  isMillraceError,
  type Logger,
  type ManagedResource,
  type ReceivedBlockHandler,
  type StoreBlockOptions,
  type StoredBlock,
} from '@millrace/core';
import { decodeBlock, encodeBlock, keepInStore, openEnvelope } from '@millrace/core/engine';
import type { NatsBlockLog } from './nats-block-log.ts';

/** Collaborators of the handler. */
export interface NatsBlockHandlerDeps {
  /** The connection, which the handler opens and closes. */
  readonly connection: ManagedResource & { readonly blockLog: Pick<NatsBlockLog, 'append' | 'read'> };
  readonly blockStore: BlockStore;
  readonly codec: Codec;
  readonly log: Logger;
  /** See `ReceivedBlockHandler.stallMs`. */
  readonly stallMs: number;
}

/** Codes of permanent losses, which a further attempt does not change. */
const LOST_CODES: ReadonlySet<string> = new Set([
  'MR_WAL_CORRUPT_RECORD',
  'MR_WAL_UNREADABLE_BLOCK',
  'MR_CODEC_MALFORMED',
]);

/** The received-block handler of an engine with blocks on NATS. */
export class NatsBlockHandler implements ReceivedBlockHandler, ManagedResource {
  readonly durability = 'machine';
  readonly reach = 'everywhere';
  readonly refusesUnsupported = true;
  readonly stallMs: number;
  readonly #deps: NatsBlockHandlerDeps;
  readonly #storing = new Set<BlockId>();

  constructor(deps: NatsBlockHandlerDeps) {
    this.#deps = deps;
    this.stallMs = deps.stallMs;
  }

  /** @throws as `BlockConnection.open`. */
  async open(): Promise<void> {
    await this.#deps.connection.open?.();
  }

  async close(): Promise<void> {
    await this.#deps.connection.close?.();
  }

  /**
   * Writes a block to its stream. A block that can be read again is only put into memory, and goes to the stream when there is no
   * room.
   *
   * @throws the errors of `NatsBlockLog.append`; `MR_BLOCK_DUPLICATE`; `MR_CODEC_UNSUPPORTED_VALUE`.
   */
  async storeBlock(id: BlockId, block: Block, options: StoreBlockOptions = {}): Promise<StoredBlock> {
    const { connection, blockStore, codec } = this.#deps;
    if (blockStore.has(id) || this.#storing.has(id)) throw duplicate(id);
    const { recordCount, sizeBytes } = block;
    const stored = { blockId: id, recordCount, sizeBytes };
    this.#storing.add(id);
    try {
      if (options.canBeReadAgain === true && (await this.#keep(id, block)))
        return { ...stored, durability: 'memory' };
      const handle = await connection.blockLog.append(id, encodeBlock(id, block, codec));
      await this.#cache(id, block);
      return { ...stored, durability: this.durability, handle };
    } finally {
      this.#storing.delete(id);
    }
  }

  /** The block from memory, else from the log; undefined when the block is lost. @throws when no server answered. */
  async readBlock(stored: StoredBlock): Promise<Block | undefined> {
    const cached = await this.readFromMemory(stored);
    if (cached !== undefined || stored.handle === undefined || stored.isInline === true) return cached;
    const { connection, codec } = this.#deps;
    try {
      const payload = await connection.blockLog.read(stored.handle);
      if (payload === undefined) return this.#lost(stored, 'the stream has no such block');
      const envelope = openEnvelope(payload);
      if (envelope.blockId === stored.blockId) return decodeBlock(envelope, codec);
      return this.#lost(stored, `block ${envelope.blockId} stands there`);
    } catch (error) {
      if (!isMillraceError(error) || !LOST_CODES.has(error.code)) throw error;
      return this.#lost(stored, error);
    }
  }

  readFromMemory({ blockId }: StoredBlock): Promise<Block | undefined> {
    return this.#deps.blockStore.get(blockId);
  }

  /** Does nothing: the driver removes blocks of the streams. */
  async cleanupOldBlocks(_threshold: BatchTime): Promise<void> {}

  /** Drops copies in memory. */
  removeBlocks(ids: readonly BlockId[]): Promise<void> {
    return this.#deps.blockStore.remove(ids);
  }

  /** True when there was room. The block is never evicted: reading the stream costs less than reading the source. */
  #keep(id: BlockId, block: Block): Promise<boolean> {
    return keepInStore(this.#deps.blockStore, id, block);
  }

  async #cache(id: BlockId, block: Block): Promise<void> {
    try {
      await this.#deps.blockStore.put(id, block, { evictable: true });
    } catch (error) {
      // The block is safe; a read will use the stream.
      this.#deps.log.debug('a block is in its stream only', { blockId: id, error });
    }
  }

  #lost({ blockId, handle }: StoredBlock, error: unknown): undefined {
    this.#deps.log.error('a block cannot be read back from NATS', { blockId, handle, error });
    return undefined;
  }
}

function duplicate(id: BlockId): Error {
  return coreError('MR_BLOCK_DUPLICATE', `block ${id} is stored already: ids must never repeat`, {
    details: { blockId: id },
  });
}
