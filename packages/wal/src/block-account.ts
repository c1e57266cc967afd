// The needed blocks of the log, by segment, from which the handler derives the removable segments. A block is removed
// by name when its batches are complete. For blocks that are never named (with a lost registration, or from before a
// restart), the driver's times decide; see ADR 0007. No wall clock is read.
import type { BatchTime, BlockId } from '@millrace/core';

/** The largest number of blocks known by name; above it the oldest segments are removed by the driver's times alone. */
const NAMED_BLOCKS_MAX = 500_000;

/** The content of a clean-up message of the driver. */
export interface CleanupNews {
  /** Batches before this one are complete. */
  readonly threshold: BatchTime;
  /** Every block registered at the time of the message is in this batch or an earlier one; undefined: unknown. */
  readonly registeredUpTo: BatchTime | undefined;
  /** The arrival time of the message, on the executor's monotonic clock. */
  readonly nowMs: number;
}

interface SegmentAccount {
  /** The needed blocks of the segment; undefined: unknown, because the segment is from an earlier life or too old. */
  needed: Set<BlockId> | undefined;
  /** The time of the last stored block, or of finding the segment, on the monotonic clock. */
  lastStoredMs: number;
  /** The latest batch that can contain a block of the segment, once known. */
  latestBatch: BatchTime | undefined;
}

/**
 * The account of one log. The size is proportional to the number of needed blocks, up to a bound: when a driver cannot
 * release blocks for long, the names of the oldest blocks are dropped, and their segments are removed later.
 */
export class BlockAccount {
  readonly #graceMs: number;
  readonly #maxBlocks: number;
  readonly #segments = new Map<string, SegmentAccount>();
  readonly #blocks = new Map<BlockId, string>();

  /**
   * @param graceMs The time limit for registering a stored block.
   * @param maxBlocks The largest number of blocks known by name; default 500,000.
   */
  constructor(graceMs: number, maxBlocks: number = NAMED_BLOCKS_MAX) {
    this.#graceMs = graceMs;
    this.#maxBlocks = maxBlocks;
  }

  /** Segments from an earlier life were found. */
  found(segments: readonly string[], nowMs: number): void {
    for (const segment of segments) {
      this.#segments.set(segment, { needed: undefined, lastStoredMs: nowMs, latestBatch: undefined });
    }
  }

  /** True when a block is in the log and was not removed. */
  has(id: BlockId): boolean {
    return this.#blocks.has(id);
  }

  /** A block is in the log. */
  stored(id: BlockId, segment: string, nowMs: number): void {
    const account = this.#segments.get(segment) ?? {
      needed: new Set(),
      lastStoredMs: nowMs,
      latestBatch: undefined,
    };
    this.#segments.set(segment, account);
    account.lastStoredMs = nowMs;
    account.latestBatch = undefined;
    if (account.needed === undefined) return;
    account.needed.add(id);
    this.#blocks.set(id, segment);
    if (this.#blocks.size > this.#maxBlocks) this.#giveUpNames();
  }

  /** These blocks are no longer needed. Unknown blocks are ignored: messages may arrive twice. */
  removed(ids: readonly BlockId[]): void {
    for (const id of ids) {
      this.#segments.get(this.#blocks.get(id) ?? '')?.needed?.delete(id);
      this.#blocks.delete(id);
    }
  }

  /** Records a message of the driver, and returns the segments without needed blocks. */
  released(news: CleanupNews): readonly string[] {
    const released: string[] = [];
    for (const [segment, account] of this.#segments) {
      const { needed, latestBatch } = account;
      const isPassed = latestBatch !== undefined && latestBatch < news.threshold;
      if (needed?.size === 0 || isPassed) released.push(segment);
      if (news.nowMs - account.lastStoredMs >= this.#graceMs) account.latestBatch ??= news.registeredUpTo;
    }
    return released;
  }

  /** Treats the oldest segment with names like a segment from an earlier life. */
  #giveUpNames(): void {
    for (const account of this.#segments.values()) {
      if (account.needed === undefined || account.needed.size === 0) continue;
      for (const id of account.needed) this.#blocks.delete(id);
      account.needed = undefined;
      return;
    }
  }

  /** Removes a segment from the account, with any content. */
  forget(segment: string): void {
    for (const id of this.#segments.get(segment)?.needed ?? []) this.#blocks.delete(id);
    this.#segments.delete(segment);
  }
}
