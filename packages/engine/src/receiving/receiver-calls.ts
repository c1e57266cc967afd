// Calls of a receiver's methods: one at a time, each with a time limit. Only `stop` may be called while `start` is
// still pending. The author of a receiver may rely on the order; the engine relies on no behaviour of a receiver.
import type { AckToken, Logger, Receiver, ReceiverContext, StopReason } from '@millrace/core';
import type { ReceiverGauges } from '@millrace/core/observation';
import { gaugesOf } from './receiver-gauges.ts';
import { boundedCall, type CallBounds } from './waiting.ts';

/** The collaborators of `ReceiverCalls`. */
export interface ReceiverCallsDeps extends CallBounds {
  readonly receiver: Receiver<unknown>;
  readonly log: Logger;
}

/** Calls one receiver object. */
export class ReceiverCalls {
  readonly #deps: ReceiverCallsDeps;
  /** The last call that was made or waits for its turn; never rejects. */
  #last: Promise<void> = Promise.resolve();
  /** Settles with `start`; never rejects. */
  #started: Promise<void> = Promise.resolve();
  readonly #stopCalled = Promise.withResolvers<void>();
  /**
   * Settles with `start` or at the call of `stop`. Made once: a race for each acknowledgement would leave a reaction at
   * the unsettled `#stopCalled`, for as long as the receiver runs.
   */
  #mayAcknowledge: Promise<void> = Promise.resolve();

  constructor(deps: ReceiverCallsDeps) {
    this.#deps = deps;
  }

  /** True when the receiver implements `acknowledge`. */
  get acknowledges(): boolean {
    return this.#deps.receiver.acknowledge !== undefined;
  }

  /** The receiver's own amounts; none without an answer. Called between the end of `start` and the call of `stop`. */
  gauges(): ReceiverGauges {
    try {
      return gaugesOf(this.#deps.receiver.gauges?.());
    } catch (error) {
      this.#deps.log.debug('the gauges of a receiver failed', { error });
      return {};
    }
  }

  /**
   * Starts the receiver. Rejects as `start` does; a `start` that is still pending when the receiver is stopped may
   * reject later.
   */
  start(context: ReceiverContext<unknown>): Promise<void> {
    const starting = invoke(() => this.#deps.receiver.start(context));
    this.#started = settled(starting);
    this.#mayAcknowledge = Promise.race([this.#started, this.#stopCalled.promise]);
    return starting;
  }

  /** Acknowledges, once `start` has returned. Rejects as `acknowledge` does, and at the time limit. */
  async acknowledge(tokens: readonly AckToken[]): Promise<void> {
    await this.#mayAcknowledge;
    await this.#inTurn(() => this.#bounded('acknowledge', () => this.#deps.receiver.acknowledge?.(tokens)));
  }

  /** Stops the receiver, and waits for a `start` that is still pending. Never rejects: an error is logged. */
  stop(reason: StopReason): Promise<void> {
    this.#stopCalled.resolve();
    return this.#inTurn(async () => {
      await this.#logged('stop', () => this.#deps.receiver.stop(reason));
      await this.#logged('start', () => this.#started);
    });
  }

  /** Calls `closed`: no further call follows. Never rejects: an error is logged. */
  closed(): Promise<void> {
    return this.#inTurn(() => this.#logged('closed', () => this.#deps.receiver.closed?.()));
  }

  #inTurn(call: () => Promise<void>): Promise<void> {
    const result = this.#last.then(call);
    this.#last = settled(result);
    return result;
  }

  #bounded(method: string, call: () => void | Promise<void>): Promise<void> {
    return boundedCall(method, invoke(call), this.#deps);
  }

  async #logged(method: string, call: () => void | Promise<void>): Promise<void> {
    try {
      await this.#bounded(method, call);
    } catch (error) {
      this.#deps.log.warn('a receiver failed while ending', { method, error });
    }
  }
}

/** Turns a synchronous throw into a rejection. */
async function invoke(call: () => void | Promise<void>): Promise<void> {
  await call();
}

/** Resolves when the promise settles; never rejects. */
function settled(promise: Promise<void>): Promise<void> {
  return promise.catch(() => undefined);
}
