// Which blocks of the log are still needed, by segment: the account from which the handler knows what may go. Blocks
// leave it by name, when their batches are done with. For those that nobody will name (their registration was lost, or
// they are from before a restart), the driver's times decide; see ADR 0007. No wall clock is asked.
import type { BatchTime, BlockId } from '@millrace/core';

/** Blocks that are known by name; above it the oldest segments go by the driver's times alone. */
const NAMED_BLOCKS_MAX = 500_000;

/** What the driver said with a clean-up. */
export interface CleanupNews {
  /** Batches before this one are done with. */
  readonly threshold: BatchTime;
  /** Every block registered when it was said is in this batch or an earlier one; undefined: not said. */
  readonly registeredUpTo: BatchTime | undefined;
  /** When it came, on the executor's monotonic clock. */
  readonly nowMs: number;
}

interface SegmentAccount {
  /** Which of its blocks are needed; undefined: it is from an earlier life, or too old, and nobody knows what is in it. */
  needed: Set<BlockId> | undefined;
  /** When its last block was stored, or when it was found, on the monotonic clock. */
  lastStoredMs: number;
  /** The latest batch that can hold one of its blocks, once that is known. */
  latestBatch: BatchTime | undefined;
}

/**
 * The account of one log. Its size follows the blocks that are needed, up to a bound: when a driver cannot let go of
 * blocks for long, the names of the oldest are given up, and their segments go later.
 */
export class BlockAccount {
  readonly #graceMs: number;
  readonly #maxBlocks: number;
  readonly #segments = new Map<string, SegmentAccount>();
  readonly #blocks = new Map<BlockId, string>();

  /**
   * @param graceMs How long registering a stored block may take.
   * @param maxBlocks How many blocks are known by name; default 500,000.
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

  /** Whether a block is in the log and was not removed. */
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

  /** Blocks are not needed any more. What is not known is left out: messages come twice. */
  removed(ids: readonly BlockId[]): void {
    for (const id of ids) {
      this.#segments.get(this.#blocks.get(id) ?? '')?.needed?.delete(id);
      this.#blocks.delete(id);
    }
  }

  /** Takes note of what the driver said, and tells which segments hold nothing that is needed. */
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

  /** The oldest segment that is known by name is treated like one from an earlier life. */
  #giveUpNames(): void {
    for (const account of this.#segments.values()) {
      if (account.needed === undefined || account.needed.size === 0) continue;
      for (const id of account.needed) this.#blocks.delete(id);
      account.needed = undefined;
      return;
    }
  }

  /** A segment is not there any more, whatever was in it. */
  forget(segment: string): void {
    for (const id of this.#segments.get(segment)?.needed ?? []) this.#blocks.delete(id);
    this.#segments.delete(segment);
  }
}
