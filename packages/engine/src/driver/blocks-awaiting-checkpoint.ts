// Blocks in a log whose batches are done, and which a driver that comes back might still need: they wait for
// checkpoints. When these fail for long, their names would fill the memory. So only so many names are kept; the rest go
// by the driver's times, which handlers with a log go by for blocks that nobody names (ADR 0007). They go later then, but
// never too early.
import type { BatchTime, BlockId } from '@millrace/core';

/** Names that are kept: about ten megabytes. */
const BLOCKS_MAX = 100_000;

interface Entry {
  readonly doneUpTo: BatchTime;
  readonly blockIds: readonly BlockId[];
}

/** The names of blocks that wait for a checkpoint. */
export class BlocksAwaitingCheckpoint {
  readonly #maxBlocks: number;
  /** Oldest first; none of them empty. */
  #entries: Entry[] = [];
  #count = 0;

  /** `maxBlocks`: how many names are kept; default 100,000. */
  constructor(maxBlocks: number = BLOCKS_MAX) {
    this.#maxBlocks = maxBlocks;
  }

  /** How many names are kept. */
  get count(): number {
    return this.#count;
  }

  /** No batch behind `doneUpTo` reads these. Names above the bound are given up, the oldest first. */
  add(doneUpTo: BatchTime, blockIds: readonly BlockId[]): void {
    if (blockIds.length === 0) return;
    this.#entries.push({ doneUpTo, blockIds });
    this.#count += blockIds.length;
    if (this.#count > this.#maxBlocks) this.#giveUpOldest();
  }

  /** The names that may go when everything up to `doneUpTo` is safe; they are kept no more. */
  take(doneUpTo: BatchTime): readonly BlockId[] {
    const taken = this.#entries.filter((entry) => entry.doneUpTo <= doneUpTo);
    this.#entries = this.#entries.slice(taken.length);
    const blockIds = taken.flatMap((entry) => entry.blockIds);
    this.#count -= blockIds.length;
    return blockIds;
  }

  /** Gives up a tenth more than it must, so that the list is not copied for every batch from now on. */
  #giveUpOldest(): void {
    const keep = this.#maxBlocks * 0.9;
    let given = 0;
    for (const { blockIds } of this.#entries) {
      if (this.#count <= keep) break;
      this.#count -= blockIds.length;
      given += 1;
    }
    this.#entries = this.#entries.slice(given);
  }
}
