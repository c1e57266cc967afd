// Waiting for executors before receivers are placed. The model system runs a dummy job and hopes that executors have
// registered by then; here the wait has a required number and a time limit.
import { type Clock, type ExecutorBackend, type Logger, messageOf } from '@millrace/core';
import { trackingError } from './tracking-errors.ts';

/** The condition and the time limit of the wait. */
export interface ExecutorReadinessDeps {
  readonly clock: Clock;
  readonly backend: ExecutorBackend;
  readonly log: Logger;
  readonly minExecutors: number;
  readonly timeoutMs: number;
}

/** A wait that ends when enough executors are present, at the time limit, or when the wait is cancelled. */
export class ExecutorReadiness {
  readonly #deps: ExecutorReadinessDeps;
  readonly #calledOff = new AbortController();
  #check: (() => void) | undefined;

  constructor(deps: ExecutorReadinessDeps) {
    this.#deps = deps;
  }

  /**
   * Resolves when `minExecutors` are alive, or at the time limit when there is at least one.
   *
   * @throws `MR_TRACKING_NO_EXECUTORS` at the time limit; `MR_TRACKING_STOPPED` after `callOff`.
   */
  async wait(): Promise<void> {
    const { backend, log, minExecutors, timeoutMs } = this.#deps;
    await this.#enoughOrTimeUp();
    this.#calledOff.signal.throwIfAborted();
    const count = backend.executors().length;
    if (count >= minExecutors) return;
    if (count > 0) {
      log.warn('continuing with fewer executors than required', { count, minExecutors, timeoutMs });
      return;
    }
    const { newestFailure: cause } = backend;
    const reason = cause === undefined ? '' : `; the newest attempt ended with: ${messageOf(cause)}`;
    const message =
      `expected at least ${minExecutors} executor(s) of the backend ${backend.name} within ${timeoutMs} ms, got none${reason}; ` +
      'check the log of the backend, or raise executorReadinessTimeoutMs';
    const details = { minExecutors, timeoutMs };
    throw trackingError(
      'MR_TRACKING_NO_EXECUTORS',
      message,
      cause === undefined ? { details } : { details, cause },
    );
  }

  /** To be called when executors were added. */
  executorsChanged(): void {
    this.#check?.();
  }

  /** Ends the wait: the tracker is stopping. */
  callOff(): void {
    const message = 'the tracker was stopped while waiting for executors';
    this.#calledOff.abort(trackingError('MR_TRACKING_STOPPED', message));
    this.#check?.();
  }

  async #enoughOrTimeUp(): Promise<void> {
    const { clock, timeoutMs } = this.#deps;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#check = () => {
      if (this.#hasEnough() || this.#calledOff.signal.aborted) resolve();
    };
    const timer = clock.after(timeoutMs, resolve);
    this.#check();
    await promise;
    this.#check = undefined;
    timer.cancel();
  }

  #hasEnough(): boolean {
    return this.#deps.backend.executors().length >= this.#deps.minExecutors;
  }
}
