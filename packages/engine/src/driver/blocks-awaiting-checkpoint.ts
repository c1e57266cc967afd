// Names of blocks in a log whose batches are done, but which a recovering driver might still need; the names wait
// for a checkpoint. When checkpoints fail for long, the names would fill the memory, so their number is bounded.
// Blocks without a name here are deleted by the driver's times, which handlers with a log apply to unnamed blocks
// (ADR 0007): later, but never too early.
import type { BatchTime, BlockId } from '@millrace/core';

/** Largest number of names: about ten megabytes. */
const BLOCKS_MAX = 100_000;

interface Entry {
  readonly doneUpTo: BatchTime;
  readonly blockIds: readonly BlockId[];
}

/** The names of blocks that wait for a checkpoint. */
export class BlocksAwaitingCheckpoint {
  readonly #maxBlocks: number;
  /** Oldest first; no entry is empty. */
  #entries: Entry[] = [];
  #count = 0;

  /** `maxBlocks`: largest number of names; default 100,000. */
  constructor(maxBlocks: number = BLOCKS_MAX) {
    this.#maxBlocks = maxBlocks;
  }

  /** Number of names. */
  get count(): number {
    return this.#count;
  }

  /** Adds blocks that no batch behind `doneUpTo` reads. Names above the bound are dropped, the oldest first. */
  add(doneUpTo: BatchTime, blockIds: readonly BlockId[]): void {
    if (blockIds.length === 0) return;
    this.#entries.push({ doneUpTo, blockIds });
    this.#count += blockIds.length;
    if (this.#count > this.#maxBlocks) this.#dropOldest();
  }

  /** Removes and returns the names that may be deleted when everything up to `doneUpTo` is safe. */
  take(doneUpTo: BatchTime): readonly BlockId[] {
    const released = this.#entries.filter((entry) => entry.doneUpTo <= doneUpTo);
    this.#entries = this.#entries.slice(released.length);
    const blockIds = released.flatMap((entry) => entry.blockIds);
    this.#count -= blockIds.length;
    return blockIds;
  }

  /** Drops a tenth more than necessary, so that the list is not copied for every later batch. */
  #dropOldest(): void {
    const keep = this.#maxBlocks * 0.9;
    let dropped = 0;
    for (const { blockIds } of this.#entries) {
      if (this.#count <= keep) break;
      this.#count -= blockIds.length;
      dropped += 1;
    }
    this.#entries = this.#entries.slice(dropped);
  }
}
