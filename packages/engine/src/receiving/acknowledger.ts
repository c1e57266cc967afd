// Acknowledges durable and registered blocks to a receiver, block by block, in order (REC-1, REC-2). Acknowledging runs
// beside the pushes, so that a slow source does not slow down storing, but lags by at most one queue of blocks. After a
// failure no record is acknowledged any more, so the acknowledged records stay a prefix without gaps.
import type { AckToken } from '@millrace/core';
import type { ReceiverCalls } from './receiver-calls.ts';
import { untilAborted } from './waiting.ts';

/** The collaborators of an `Acknowledger`. */
export interface AcknowledgerDeps {
  readonly calls: ReceiverCalls;
  /** Blocks that may wait for their acknowledgement; beyond this number there is no `room`. */
  readonly maxWaitingBlocks: number;
  /** Called once, when the receiver failed to acknowledge. */
  readonly onFailed: (error: unknown) => void;
}

/** The acknowledgements of one receiver object. */
export class Acknowledger {
  readonly #deps: AcknowledgerDeps;
  #waiting: (readonly AckToken[])[] = [];
  #isRunning = false;
  #hasFailed = false;
  /** Settles when the call in progress has ended. */
  #progress: PromiseWithResolvers<void> = Promise.withResolvers<void>();

  constructor(deps: AcknowledgerDeps) {
    this.#deps = deps;
  }

  /** Queues the tokens of one block that is durable and registered. */
  add(tokens: readonly AckToken[]): void {
    if (tokens.length === 0 || this.#hasFailed || !this.#deps.calls.acknowledges) return;
    this.#waiting.push(tokens);
    if (!this.#isRunning) void this.#run();
  }

  /** Blocks whose acknowledgement waits or is in progress. */
  get waitingCount(): number {
    return this.#waiting.length;
  }

  /** Tokens of these blocks. Counted at the call. */
  get waitingTokens(): number {
    return this.#waiting.reduce((sum, tokens) => sum + tokens.length, 0);
  }

  /** Resolves when another block may be added. Rejects with the signal's reason on an earlier abort. */
  async room(signal: AbortSignal): Promise<void> {
    while (this.#waiting.length >= this.#deps.maxWaitingBlocks) {
      await untilAborted(this.#progress.promise, signal);
    }
  }

  /** Resolves when no block waits any more. Rejects with the signal's reason on an earlier abort. */
  async drained(signal: AbortSignal): Promise<void> {
    while (this.#isRunning) await untilAborted(this.#progress.promise, signal);
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    for (let tokens = this.#waiting[0]; tokens !== undefined; tokens = this.#waiting[0]) {
      try {
        await this.#deps.calls.acknowledge(tokens);
        this.#waiting.shift();
      } catch (error) {
        this.#hasFailed = true;
        this.#waiting = [];
        this.#deps.onFailed(error);
      }
      this.#isRunning = this.#waiting.length > 0;
      this.#progress.resolve();
      this.#progress = Promise.withResolvers<void>();
    }
  }
}
