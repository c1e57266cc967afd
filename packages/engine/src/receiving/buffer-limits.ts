// The bounds of one receiver's buffer between `store` and the block handler (BLK-2). There are two bounds for each
// measure: the soft one asks the source to wait, the hard one refuses. Between the two is room for records that a
// source has in flight when asked to wait.
//
//            soft: `store` returns false          hard: `store` throws, the record is refused
//   blocks   blockQueueSize                       twice that
//   records  half of maxHeldRecords               maxHeldRecords; or as many accepted since false
//   bytes    half of maxHeldBytes                 maxHeldBytes
//
// Whole blocks that wait for room are counted apart: at most one hard bound's worth of waiting blocks, and at most two
// hard bounds' worth in all.
import type { Block } from '@millrace/core';
import { coreError } from '@millrace/core';
import { receivingError } from './receiving-errors.ts';
import type { ReceivingOptions } from './receiving-options.ts';

/** The content of the buffer: the open block, the queue, the block being pushed. */
export interface BufferUsage {
  readonly records: number;
  /** As estimated. */
  readonly bytes: number;
  /** Blocks that are cut and not stored yet. */
  readonly blocks: number;
}

/** The options that bound the buffer. */
export type HoldingOptions = Pick<ReceivingOptions, 'blockQueueSize' | 'maxHeldRecords' | 'maxHeldBytes'>;

/** The bounds of one receiver. */
export class BufferLimits {
  readonly #options: HoldingOptions;

  constructor(options: HoldingOptions) {
    this.#options = options;
  }

  /** Records at which the source is asked to wait. */
  get softRecords(): number {
    return Math.ceil(this.#options.maxHeldRecords / 2);
  }

  /** Bytes at which the source is asked to wait. */
  get softBytes(): number {
    return this.#options.maxHeldBytes / 2;
  }

  /** True when no more blocks should be cut. */
  isQueueFull(held: Pick<BufferUsage, 'blocks'>): boolean {
    return held.blocks >= this.#options.blockQueueSize;
  }

  /** True when more records are welcome. */
  isWithinSoft(held: BufferUsage): boolean {
    return !this.isQueueFull(held) && held.records < this.softRecords && held.bytes < this.softBytes;
  }

  /** True when no more records can be accepted. `takenUnwelcome`: records accepted since storing was last welcome. */
  isOverrun(held: BufferUsage, takenUnwelcome: number): boolean {
    const { blockQueueSize, maxHeldRecords, maxHeldBytes } = this.#options;
    return (
      held.records >= maxHeldRecords ||
      held.bytes >= maxHeldBytes ||
      takenUnwelcome >= maxHeldRecords ||
      held.blocks >= 2 * blockQueueSize
    );
  }

  /** True when a whole block fits in addition. A block that is not too large always fits into an empty buffer. */
  hasRoomFor(block: Block, held: BufferUsage): boolean {
    const { maxHeldRecords, maxHeldBytes } = this.#options;
    return held.records + block.recordCount <= maxHeldRecords && held.bytes + block.sizeBytes <= maxHeldBytes;
  }

  /**
   * The reason to refuse a whole block even as a waiting one: it never fits, the waiting blocks have reached the hard
   * bound, or buffer and waiting blocks together would exceed two hard bounds; otherwise undefined.
   */
  refusalOf(block: Block, waiting: BufferUsage, held: BufferUsage): Error | undefined {
    if (!this.hasRoomFor(block, NOTHING)) return this.#tooLarge(block);
    const { maxHeldRecords, maxHeldBytes } = this.#options;
    const records = held.records + waiting.records;
    const bytes = held.bytes + waiting.bytes;
    const isWithin =
      this.hasRoomFor(block, waiting) &&
      records + block.recordCount <= 2 * maxHeldRecords &&
      bytes + block.sizeBytes <= 2 * maxHeldBytes;
    return isWithin ? undefined : this.overrun({ records, bytes, blocks: held.blocks + waiting.blocks });
  }

  /** The error of a receiver that does not wait. */
  overrun(held: BufferUsage): Error {
    const { records, bytes } = held;
    const message = `the receiver holds ${records} records in ${bytes} bytes and goes on storing; await ready() after false`;
    return coreError('MR_RECEIVER_OVERRUN', message, { details: { ...held } });
  }

  #tooLarge({ recordCount, sizeBytes }: Block): Error {
    const { maxHeldRecords, maxHeldBytes } = this.#options;
    const message = `expected a block of at most ${maxHeldRecords} records and ${maxHeldBytes} bytes, got ${recordCount} and ${sizeBytes}`;
    return receivingError('MR_RECEIVER_BLOCK_TOO_LARGE', message, { details: { recordCount, sizeBytes } });
  }
}

const NOTHING: BufferUsage = { records: 0, bytes: 0, blocks: 0 };
