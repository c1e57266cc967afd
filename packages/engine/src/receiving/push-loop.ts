// The outgoing blocks: one at a time, in the order of cutting, each until it is stored. A failed push is retried after
// a delay; no later block overtakes it, and only the error of the last attempt ends the loop. The remaining records are
// then counted, never dropped silently.
import { backOffDelayMs, type Clock, isMillraceError, type Logger, type RandomSource } from '@millrace/core';
import { engineStopper } from '@millrace/core/engine';
import type { CutBlock } from './cut-block.ts';
import { receivingError } from './receiving-errors.ts';
import type { ReceivingOptions } from './receiving-options.ts';

/** Stores one block. The signal is aborted when the outcome is not awaited any more. */
export type PushBlock = (cut: CutBlock, signal: AbortSignal) => Promise<void>;

/** The collaborators of a `PushLoop`. */
export interface PushLoopDeps {
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly log: Logger;
  readonly options: Pick<ReceivingOptions, 'pushAttempts' | 'pushRetryDelayMs' | 'pushRetryDelayMaxMs'>;
  readonly push: PushBlock;
  /** Called after each block that was pushed. */
  readonly onPushed: () => void;
  /** Called once, when a block could not be stored: no block is pushed any more. */
  readonly onFailed: (error: Error) => void;
}

interface Entry {
  readonly cut: CutBlock;
  readonly outcome: PromiseWithResolvers<void> | undefined;
}

/** Pushes the blocks of one receiver. */
export class PushLoop {
  readonly #deps: PushLoopDeps;
  readonly #queue: Entry[] = [];
  readonly #ending = new AbortController();
  #isRunning = false;
  #drained: PromiseWithResolvers<void> | undefined;
  #records = 0;
  #bytes = 0;

  constructor(deps: PushLoopDeps) {
    this.#deps = deps;
  }

  /** Blocks that are not stored yet, including the one being pushed. */
  get length(): number {
    return this.#queue.length;
  }

  /** Records of these blocks: after the end, exactly the records left behind. */
  get records(): number {
    return this.#records;
  }

  /** Bytes of these blocks. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Tokens of the records of these blocks. Counted at the call. */
  get tokens(): number {
    return this.#queue.reduce((sum, { cut }) => sum + cut.tokens.length, 0);
  }

  /** Queues a block. The outcome, if given, settles with the block. The generator keeps the bound. */
  add(cut: CutBlock, outcome?: PromiseWithResolvers<void>): void {
    this.#queue.push({ cut, outcome });
    this.#records += cut.block.recordCount;
    this.#bytes += cut.block.sizeBytes;
    if (this.#ending.signal.aborted) this.#reject(outcome);
    else if (!this.#isRunning) void this.#run();
  }

  /** Resolves when every block is stored, or when certainly no further block will be. */
  drained(): Promise<void> {
    if (this.#queue.length === 0 || this.#ending.signal.aborted) return Promise.resolve();
    this.#drained ??= Promise.withResolvers<void>();
    return this.#drained.promise;
  }

  /** Ends at once: unstored blocks are left behind, even if a push in progress succeeds later. */
  giveUp(reason: unknown): void {
    if (this.#ending.signal.aborted) return;
    this.#ending.abort(reason);
    for (const { outcome } of this.#queue) this.#reject(outcome);
    this.#drained?.resolve();
  }

  /** Never rejects: every error of a push is handled inside. */
  async #run(): Promise<void> {
    this.#isRunning = true;
    for (let entry = this.#queue[0]; entry !== undefined; entry = this.#queue[0]) {
      const failure = await this.#pushUntilStored(entry.cut);
      if (this.#ending.signal.aborted) break;
      if (failure !== undefined) {
        this.#fail(failure);
        break;
      }
      this.#remove(entry);
    }
    this.#isRunning = false;
  }

  #remove(entry: Entry): void {
    this.#queue.shift();
    this.#records -= entry.cut.block.recordCount;
    this.#bytes -= entry.cut.block.sizeBytes;
    entry.outcome?.resolve();
    this.#deps.onPushed();
    if (this.#queue.length === 0) {
      this.#drained?.resolve();
      this.#drained = undefined;
    }
  }

  #fail(error: Error): void {
    this.giveUp(error);
    this.#deps.onFailed(error);
  }

  #reject(outcome: PromiseWithResolvers<void> | undefined): void {
    const cause: unknown = this.#ending.signal.reason;
    outcome?.reject(
      receivingError('MR_RECEIVER_BLOCK_NOT_STORED', 'the receiver ended before the block was stored', {
        cause,
      }),
    );
  }

  /** @returns undefined once the block is stored or given up, else the error. */
  async #pushUntilStored(cut: CutBlock): Promise<Error | undefined> {
    const { signal } = this.#ending;
    for (let tries = 0, failures = 0; !signal.aborted; tries += 1) {
      try {
        await this.#deps.push(cut, signal);
        return undefined;
      } catch (error) {
        // Lack of room is not a failure. The queue fills meanwhile, and slows the source down.
        if (!isBackOff(error)) failures += 1;
        // Unchanged, and not as one more failure to store: the driver stops the engine with this error.
        const fatal = engineStopper(error);
        if (fatal !== undefined && !signal.aborted) return fatal;
        const isLast = failures >= this.#deps.options.pushAttempts;
        if (isLast && !signal.aborted) return storeFailed(cut, failures, error);
        await this.#waitBeforeRetry(cut, tries, error);
      }
    }
    return undefined;
  }

  async #waitBeforeRetry(cut: CutBlock, retry: number, error: unknown): Promise<void> {
    const { clock, random, log, options } = this.#deps;
    const { signal } = this.#ending;
    if (signal.aborted) return;
    const { pushRetryDelayMs: firstMs, pushRetryDelayMaxMs: maxMs } = options;
    const delayMs = backOffDelayMs(retry, { firstMs, maxMs, random });
    log.warn('storing a block failed, trying again', { blockId: cut.id, delayMs, error });
    // Rejects only when the loop is given up, and `giveUp` counts the remaining records.
    await clock.sleepFor(delayMs, signal).catch(() => undefined);
  }
}

function isBackOff(error: unknown): boolean {
  return isMillraceError(error) && error.disposition === 'back-off';
}

function storeFailed(cut: CutBlock, attempts: number, cause: unknown): Error {
  const message = `block ${cut.id} with ${cut.block.recordCount} records could not be stored in ${attempts} attempts`;
  return receivingError('MR_RECEIVER_STORE_FAILED', message, {
    details: { blockId: cut.id, recordCount: cut.block.recordCount, attempts },
    cause,
  });
}
