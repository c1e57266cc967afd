// Blocks between receiving and processing, in the memory of the executor, within a bound. A block without another copy
// is never evicted: the put is refused, and the refusal travels back to the source as "wait" (BLK-2). Only blocks that
// a log can restore are evicted, the oldest first.
import type { BlockStore, BlockStoreUsage } from '../contracts/block-store.ts';
import type { Block } from '../contracts/block.ts';
import type { BlockId } from '../contracts/identifiers.ts';
import { coreError } from '../errors/core-errors.ts';
import { heapLimitBytes } from '../node/heap-limit.ts';
import { ReleasingMap } from './releasing-map.ts';

const BYTES_MAX = 512 * 1024 * 1024;
/** Short strings take four times the memory of their characters, and the program needs some memory for itself. */
const HEAP_SHARE = 1 / 8;

/** Options of a memory block store. */
export interface MemoryBlockStoreOptions {
  /** The largest sum of `sizeBytes` of all blocks. Default 512 MiB, at most an eighth of the heap. */
  readonly maxBytes?: number;
}

/** A block store in the memory of an executor; the default. */
export class MemoryBlockStore implements BlockStore {
  readonly #maxBytes: number;
  readonly #blocks = new ReleasingMap<BlockId, Block>();
  /** Evictable blocks, oldest first: a set keeps its insertion order. */
  readonly #evictable = new Set<BlockId>();
  #bytes = 0;
  #evictableBytes = 0;

  /** @throws TypeError when `maxBytes` is not a number above 0. */
  constructor(options: MemoryBlockStoreOptions = {}) {
    this.#maxBytes = options.maxBytes ?? Math.min(BYTES_MAX, heapLimitBytes() * HEAP_SHARE);
    if (!(this.#maxBytes > 0)) throw new TypeError(`maxBytes must be above 0, got ${this.#maxBytes}`);
  }

  /**
   * Stores a block, and evicts the oldest evictable blocks if their removal makes sufficient room.
   *
   * @throws `MR_BLOCK_DUPLICATE` when the store already has a block of this id. `MR_BLOCK_STORE_FULL` when there is no
   *   room; then nothing was evicted.
   */
  async put(id: BlockId, block: Block, options: { readonly evictable?: boolean } = {}): Promise<void> {
    if (this.#blocks.has(id)) throw duplicate(id);
    if (this.#bytes - this.#evictableBytes + block.sizeBytes > this.#maxBytes) throw this.#full(id, block);
    this.#evictDownTo(this.#maxBytes - block.sizeBytes);
    this.#blocks.set(id, block);
    this.#bytes += block.sizeBytes;
    if (options.evictable !== true) return;
    this.#evictable.add(id);
    this.#evictableBytes += block.sizeBytes;
  }

  /** The block, or undefined when the block was never stored, was evicted or removed. */
  async get(id: BlockId): Promise<Block | undefined> {
    return this.#blocks.get(id);
  }

  has(id: BlockId): boolean {
    return this.#blocks.has(id);
  }

  /** Removes blocks. */
  async remove(ids: readonly BlockId[]): Promise<void> {
    for (const id of ids) this.#drop(id);
  }

  usage(): BlockStoreUsage {
    return { blocks: this.#blocks.size, bytes: this.#bytes, maxBytes: this.#maxBytes };
  }

  #evictDownTo(bytes: number): void {
    for (const id of this.#evictable) {
      if (this.#bytes <= bytes) return;
      this.#drop(id);
    }
  }

  #drop(id: BlockId): void {
    const block = this.#blocks.get(id);
    if (block === undefined) return;
    this.#blocks.delete(id);
    this.#bytes -= block.sizeBytes;
    if (this.#evictable.delete(id)) this.#evictableBytes -= block.sizeBytes;
  }

  #full(id: BlockId, block: Block): Error {
    const { blocks, bytes, maxBytes } = this.usage();
    return coreError(
      'MR_BLOCK_STORE_FULL',
      `no room for block ${id} of ${block.sizeBytes} bytes: ${blocks} blocks hold ${bytes} of ${maxBytes} bytes; ` +
        'let batches complete, or raise maxBytes',
      { details: { blockId: id, sizeBytes: block.sizeBytes, blocks, bytes, maxBytes } },
    );
  }
}

function duplicate(id: BlockId): Error {
  return coreError('MR_BLOCK_DUPLICATE', `block ${id} is stored already: ids must never repeat`, {
    details: { blockId: id },
  });
}
