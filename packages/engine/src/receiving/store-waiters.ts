// The queue of one receiver for blocks that cannot enter the push queue yet, in the order of the calls (BLK-1, REC-2).
// A whole block (`storeBlock`) that waits for room is in this queue. Blocks cut after it follow it: no block passes a
// waiting one, and the records before it were cut when it came.
import type { AckToken, Block } from '@millrace/core';
import type { BufferUsage } from './buffer-limits.ts';

/** A block that has no name yet: either cut by the generator, or passed as a whole. */
export interface UnnamedBlock {
  readonly block: Block;
  /** See `CutBlock`. */
  readonly continues: boolean;
  readonly tokens: readonly AckToken[];
  readonly metadata: unknown;
  /** For a whole block: settles when it is stored and registered, or when it certainly will not be. */
  readonly outcome: PromiseWithResolvers<void> | undefined;
}

/** The waiting blocks and callers of one receiver. */
export class StoreWaiters {
  readonly #line: UnnamedBlock[] = [];
  #ready: PromiseWithResolvers<void> | undefined;
  #whole: BufferUsage = NOTHING;
  #cut: BufferUsage = NOTHING;

  /** The next block in the queue. */
  get next(): UnnamedBlock | undefined {
    return this.#line[0];
  }

  /** True when no block waits. */
  get isEmpty(): boolean {
    return this.#line.length === 0;
  }

  /** The content of the whole blocks in the queue. */
  get whole(): BufferUsage {
    return this.#whole;
  }

  /** The content of the blocks that the generator cut after a whole one. */
  get cut(): BufferUsage {
    return this.#cut;
  }

  /** Tokens of the records in the queue. Counted at the call. */
  get tokens(): number {
    return this.#line.reduce((sum, { tokens }) => sum + tokens.length, 0);
  }

  /** Resolves at the next `release`. All callers share one promise. */
  ready(): Promise<void> {
    if (this.#ready === undefined) {
      this.#ready = Promise.withResolvers<void>();
      void ignoreRejection(this.#ready.promise);
    }
    return this.#ready.promise;
  }

  /** Adds a block at the end of the queue. */
  add(entry: UnnamedBlock): void {
    this.#line.push(entry);
    this.#account(entry, 1);
  }

  /** Removes and returns the next block. */
  take(): UnnamedBlock | undefined {
    const next = this.#line.shift();
    if (next !== undefined) this.#account(next, -1);
    return next;
  }

  /** Settles `ready()`: storing is welcome. */
  release(): void {
    this.#ready?.resolve();
    this.#ready = undefined;
  }

  /** Rejects `ready()`. The queue is unchanged. */
  reject(reason: unknown): void {
    this.#ready?.reject(reason);
    this.#ready = undefined;
  }

  #account({ block, outcome }: UnnamedBlock, sign: 1 | -1): void {
    if (outcome === undefined) this.#cut = sum(this.#cut, block, sign);
    else this.#whole = sum(this.#whole, block, sign);
  }
}

const NOTHING: BufferUsage = { records: 0, bytes: 0, blocks: 0 };

function sum({ records, bytes, blocks }: BufferUsage, block: Block, sign: 1 | -1): BufferUsage {
  return {
    records: records + sign * block.recordCount,
    bytes: bytes + sign * block.sizeBytes,
    blocks: blocks + sign,
  };
}

/** A block that a receiver passed as a whole. */
export type WholeBlock = UnnamedBlock & { readonly outcome: PromiseWithResolvers<void> };

/** A whole block as an entry. Its outcome may reject without a listener. */
export function wholeBlock(block: Block, metadata: unknown): WholeBlock {
  const outcome = Promise.withResolvers<void>();
  void ignoreRejection(outcome.promise);
  return { block, continues: false, tokens: [], metadata, outcome };
}

/**
 * Lets a promise reject without ending the process when no caller handles the rejection. A receiver may ignore the
 * answers of `ready` and `storeBlock`: the failure behind a rejection has stopped or restarted the receiver already. A
 * caller that awaits the promise still gets the rejection.
 */
export function ignoreRejection<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}
