// Who waits until storing is welcome: those who asked `ready()`, and whole blocks that came by `storeBlock`. Blocks go
// in the order in which they came, and before anything else.
import type { Block } from '@millrace/core';
import type { Held } from './holding-bounds.ts';

/** A block that a receiver handed over whole. */
export interface WholeBlock {
  readonly block: Block;
  readonly metadata: unknown;
  /** Settled when it is stored and registered, or when it is certain that it will not be. */
  readonly outcome: PromiseWithResolvers<void>;
}

/** The waiting of one receiver. */
export class WaitingStores {
  readonly #blocks: WholeBlock[] = [];
  #ready: PromiseWithResolvers<void> | undefined;
  #records = 0;
  #bytes = 0;

  /** The block whose turn is next. */
  get nextBlock(): WholeBlock | undefined {
    return this.#blocks[0];
  }

  /** What the blocks that wait hold. */
  get held(): Held {
    return { records: this.#records, bytes: this.#bytes, blocks: this.#blocks.length };
  }

  /** Resolves at the next `release`. Everybody who waits shares one promise. */
  ready(): Promise<void> {
    if (this.#ready === undefined) {
      this.#ready = Promise.withResolvers<void>();
      void keepQuiet(this.#ready.promise);
    }
    return this.#ready.promise;
  }

  /** Lets a block wait for its turn. */
  addBlock(block: Block, metadata: unknown): Promise<void> {
    const outcome = Promise.withResolvers<void>();
    void keepQuiet(outcome.promise);
    this.#blocks.push({ block, metadata, outcome });
    this.#records += block.recordCount;
    this.#bytes += block.sizeBytes;
    return outcome.promise;
  }

  /** Takes the next block out. */
  takeBlock(): WholeBlock | undefined {
    const next = this.#blocks.shift();
    if (next === undefined) return undefined;
    this.#records -= next.block.recordCount;
    this.#bytes -= next.block.sizeBytes;
    return next;
  }

  /** Tells those who asked `ready()` that storing is welcome. */
  release(): void {
    this.#ready?.resolve();
    this.#ready = undefined;
  }

  /** Ends all waiting. */
  reject(reason: unknown): void {
    this.#ready?.reject(reason);
    this.#ready = undefined;
    for (let next = this.takeBlock(); next !== undefined; next = this.takeBlock())
      next.outcome.reject(reason);
  }
}

/**
 * Lets a promise reject without ending the process when nobody looks. A receiver may ignore what `ready` or
 * `storeBlock` answer: what a rejection says has its consequence here already, the receiver is stopped or restarted.
 * Whoever awaits the promise still gets the rejection.
 */
export function keepQuiet<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}
