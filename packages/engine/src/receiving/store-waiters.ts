// The line of one receiver: what cannot go into the queue of pushes yet, in the order of the calls (BLK-1, REC-2). A whole
// block (`storeBlock`) that waits for room stands in the line. What is cut behind it stands behind it: nothing passes a
// block that waits, and the records before it were cut when it came.
import type { AckToken, Block } from '@millrace/core';
import type { BufferUsage } from './buffer-limits.ts';

/** A block that has no name yet: either cut by the generator, or handed over whole. */
export interface UnnamedBlock {
  readonly block: Block;
  readonly tokens: readonly AckToken[];
  readonly metadata: unknown;
  /** Of a whole block: settled when it is stored and registered, or when it is certain that it will not be. */
  readonly outcome: PromiseWithResolvers<void> | undefined;
}

/** The waiting of one receiver. */
export class StoreWaiters {
  readonly #line: UnnamedBlock[] = [];
  #ready: PromiseWithResolvers<void> | undefined;
  #whole: BufferUsage = NOTHING;
  #cut: BufferUsage = NOTHING;

  /** The block whose turn is next. */
  get next(): UnnamedBlock | undefined {
    return this.#line[0];
  }

  /** Whether nothing stands in the line. */
  get isEmpty(): boolean {
    return this.#line.length === 0;
  }

  /** What the whole blocks in the line hold. */
  get whole(): BufferUsage {
    return this.#whole;
  }

  /** What the blocks hold that the generator cut behind a whole one. */
  get cut(): BufferUsage {
    return this.#cut;
  }

  /** Resolves at the next `release`. All callers share one promise. */
  ready(): Promise<void> {
    if (this.#ready === undefined) {
      this.#ready = Promise.withResolvers<void>();
      void ignoreRejection(this.#ready.promise);
    }
    return this.#ready.promise;
  }

  /** Puts a block at the end of the line. */
  add(entry: UnnamedBlock): void {
    this.#line.push(entry);
    this.#account(entry, 1);
  }

  /** Takes the next block out. */
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

  /** Rejects `ready()`. The line stays as it is. */
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

/** A block that a receiver handed over whole. */
export type WholeBlock = UnnamedBlock & { readonly outcome: PromiseWithResolvers<void> };

/** A whole block as it comes. Its outcome may reject unheard. */
export function wholeBlock(block: Block, metadata: unknown): WholeBlock {
  const outcome = Promise.withResolvers<void>();
  void ignoreRejection(outcome.promise);
  return { block, tokens: [], metadata, outcome };
}

/**
 * Lets a promise reject without ending the process when nobody looks. A receiver may ignore the answers of `ready` and
 * `storeBlock`: the failure behind a rejection has stopped or restarted the receiver already. Whoever awaits the promise
 * still gets the rejection.
 */
export function ignoreRejection<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}
