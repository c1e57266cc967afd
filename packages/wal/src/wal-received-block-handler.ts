// Received blocks, durable in a log. The log decides: a block is stored when the log has the block, independent of the
// copy in memory, which is a cache and may be evicted at any time. A read uses memory if the block is there, else the
// log. A block that its source can deliver again is in memory only, as long as there is room: the log would hold a
// third copy.
//
// A small block goes into the driver's log instead, in the entry of its registration, when the handler reads that log: one
// sync then serves both (ADR 0030). Such a block is not in the account here, because the driver cleans its own log.
import {
  type BatchTime,
  type Block,
  type BlockId,
  type BlockStore,
  type Clock,
  type Codec,
  type Durability,
  isMillraceError,
  type LogHandle,
  type Logger,
  type ManagedResource,
  type ReceivedBlockHandler,
  type StoreBlockOptions,
  type StoredBlock,
} from '@millrace/core';
import { coreError } from '@millrace/core';
import {
  contentOfRegistration,
  decodeBlock,
  encodeBlock,
  keepInStore,
  type LogEntry,
  openEnvelope,
  type Reach,
} from '@millrace/core/engine';
import type { LogGauges } from '@millrace/core/observation';
import type { AbandonedLogs } from './abandoned-logs.ts';
import { BlockAccount } from './block-account.ts';
import type { BlockLog } from './block-log.ts';

/** Collaborators of the handler. */
export interface WalReceivedBlockHandlerDeps {
  /** Opens the log for blocks. */
  readonly openLog: () => Promise<BlockLog>;
  /** Cleans logs without an owner. Default: this handler cleans no such logs. */
  readonly abandoned?: Pick<AbandonedLogs, 'cleanup'>;
  readonly blockStore: BlockStore;
  readonly codec: Codec;
  readonly clock: Clock;
  readonly log: Logger;
  /** True when the log syncs: a stored block then survives the loss of power, otherwise only the process. */
  readonly isSynced: boolean;
  /** True when every host of the engine mounts the directory of the logs at its path. Default false. */
  readonly isShared?: boolean;
  /** The largest block, in bytes as encoded, that is written inside its registration. Default 0: none. */
  readonly inlineBlockBytes?: number;
  /** The time limit for registering a stored block, in ms; see ADR 0007. */
  readonly registrationGraceMs: number;
}

/** Codes of permanent losses, which a further attempt does not change. */
const LOST_CODES: ReadonlySet<string> = new Set([
  'MR_WAL_ENTRY_NOT_FOUND',
  'MR_WAL_CORRUPT_RECORD',
  'MR_WAL_UNREADABLE_BLOCK',
  'MR_CODEC_MALFORMED',
]);

/** The received-block handler of an engine with a file log. */
export class WalReceivedBlockHandler implements ReceivedBlockHandler, ManagedResource {
  readonly durability: Durability;
  readonly reach: Reach;
  readonly refusesUnsupported = true;
  readonly #deps: WalReceivedBlockHandlerDeps;
  readonly #account: BlockAccount;
  readonly #storing = new Set<BlockId>();
  readonly #inlineBytesMax: number;
  #blockLog: BlockLog | undefined;
  /** The driver's latest threshold, used as the time of new entries; nothing is decided by this time. */
  #thresholdMs: BatchTime = 0;

  constructor(deps: WalReceivedBlockHandlerDeps) {
    this.#deps = deps;
    this.durability = deps.isSynced ? 'machine' : 'process';
    this.reach = deps.isShared === true ? 'everywhere' : 'host';
    this.#inlineBytesMax = deps.inlineBlockBytes ?? 0;
    this.#account = new BlockAccount(deps.registrationGraceMs);
  }

  /** Opens the log. @throws any error of opening a log. */
  async open(): Promise<void> {
    const blockLog = await this.#deps.openLog();
    this.#account.found(blockLog.segments(), this.#deps.clock.monotonicMs());
    this.#blockLog = blockLog;
  }

  /** Waits for pending stores, then releases the log. Later stores are refused. */
  async close(): Promise<void> {
    await this.#blockLog?.close();
  }

  /** True when a log with the same root directory and the same durability has the entry. @throws like reading a block. */
  async readsLog(entry: LogEntry): Promise<boolean> {
    return this.#inlineBytesMax > 0 && (await this.#log().readsAlike(entry));
  }

  /**
   * Writes a block to the log, which makes the block durable, and to memory if there is room. A small block is written with
   * its registration if possible. A block that can be read again is only put into memory, and goes to the log when there
   * is no room.
   *
   * @throws any error of the log, including `MR_WAL_FULL`; `MR_BLOCK_DUPLICATE`; `MR_CODEC_UNSUPPORTED_VALUE`.
   */
  async storeBlock(id: BlockId, block: Block, options: StoreBlockOptions = {}): Promise<StoredBlock> {
    const isStored = this.#account.has(id) || this.#deps.blockStore.has(id);
    if (isStored || this.#storing.has(id)) throw duplicate(id);
    const { recordCount, sizeBytes } = block;
    const stored = { blockId: id, recordCount, sizeBytes };
    this.#storing.add(id);
    try {
      if (options.canBeReadAgain === true && (await this.#keep(id, block))) {
        return { ...stored, durability: 'memory' };
      }
      const parts = encodeBlock(id, block, this.#deps.codec);
      const { register } = options;
      if (register !== undefined && bytesOf(parts) <= this.#inlineBytesMax) {
        await this.#register(id, block, () => register(joined(parts)));
        return { ...stored, durability: this.durability, isInline: true };
      }
      const handle = await this.#write(id, parts);
      await this.#cache(id, block);
      return { ...stored, durability: this.durability, handle };
    } finally {
      this.#storing.delete(id);
    }
  }

  /**
   * The block, or undefined when neither memory nor the log has the whole block. @throws when the disk could not be
   * read.
   */
  async readBlock(stored: StoredBlock): Promise<Block | undefined> {
    const cached = await this.#deps.blockStore.get(stored.blockId);
    if (cached !== undefined || stored.handle === undefined) return cached;
    try {
      const envelope = openEnvelope(this.#contentOf(stored, await this.#log().read(stored.handle)));
      if (envelope.blockId === stored.blockId) return decodeBlock(envelope, this.#deps.codec);
      this.#lost(stored, `block ${envelope.blockId} stands there`);
    } catch (error) {
      if (!isMillraceError(error) || !LOST_CODES.has(error.code)) throw error;
      this.#lost(stored, error);
    }
    return undefined;
  }

  /** Removes the segments of the log without needed blocks (WAL-4, ADR 0007). */
  async cleanupOldBlocks(threshold: BatchTime, registeredUpTo?: BatchTime): Promise<void> {
    this.#thresholdMs = Math.max(this.#thresholdMs, threshold);
    await this.#deps.abandoned?.cleanup(threshold, registeredUpTo);
    const blockLog = this.#log();
    const nowMs = this.#deps.clock.monotonicMs();
    // A block may be on its way into the newest segment; no block goes into any other segment.
    const newest = blockLog.segments().at(-1);
    const released = this.#account.released({ threshold, registeredUpTo, nowMs });
    const gone = released.filter((segment) => segment !== newest);
    if (gone.length === 0) return;
    await blockLog.discard(gone);
    const there = new Set(blockLog.segments());
    for (const segment of gone) if (!there.has(segment)) this.#account.forget(segment);
  }

  /** Removes blocks of a complete batch; the space in the log is free once the whole segment is. */
  async removeBlocks(ids: readonly BlockId[]): Promise<void> {
    this.#account.removed(ids);
    await this.#deps.blockStore.remove(ids);
  }

  logGauges(): LogGauges | undefined {
    return this.#blockLog?.gauges?.();
  }

  #contentOf({ isInline }: StoredBlock, payload: Uint8Array): Uint8Array {
    if (isInline !== true) return payload;
    return contentOfRegistration(this.#deps.codec, payload)?.content ?? new Uint8Array();
  }

  /** In memory first: a batch may have the block as soon as the block is registered. */
  async #register(id: BlockId, block: Block, register: () => Promise<void>): Promise<void> {
    await this.#cache(id, block);
    try {
      await register();
    } catch (error) {
      await this.#deps.blockStore.remove([id]);
      throw error;
    }
  }

  async #write(id: BlockId, parts: readonly Uint8Array[]): Promise<LogHandle> {
    const handle = await this.#log().writeParts(parts, this.#thresholdMs);
    // At once: only the newest segment is written to, so the block is in the account while its segment is the newest.
    this.#account.stored(id, handle.segment, this.#deps.clock.monotonicMs());
    return handle;
  }

  /**
   * True when there was room. The block is never evicted; logged blocks are evicted instead, because reading the log
   * costs less than reading the source.
   */
  #keep(id: BlockId, block: Block): Promise<boolean> {
    return keepInStore(this.#deps.blockStore, id, block);
  }

  async #cache(id: BlockId, block: Block): Promise<void> {
    try {
      await this.#deps.blockStore.put(id, block, { evictable: true });
    } catch (error) {
      // The block is safe; a read will use the log.
      this.#deps.log.debug('a block is in the log only', { blockId: id, error });
    }
  }

  #lost({ blockId, handle }: StoredBlock, error: unknown): void {
    this.#deps.log.error('a block cannot be read back from the log', { blockId, handle, error });
  }

  #log(): BlockLog {
    if (this.#blockLog !== undefined) return this.#blockLog;
    throw new TypeError('the received-block handler was used before opening');
  }
}

function bytesOf(parts: readonly Uint8Array[]): number {
  let bytes = 0;
  for (const { byteLength } of parts) bytes += byteLength;
  return bytes;
}

/** In memory of its own, because the bytes may be sent to another thread. */
function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(bytesOf(parts));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.byteLength;
  }
  return bytes;
}

function duplicate(id: BlockId): Error {
  return coreError('MR_BLOCK_DUPLICATE', `block ${id} is stored already: ids must never repeat`, {
    details: { blockId: id },
  });
}
