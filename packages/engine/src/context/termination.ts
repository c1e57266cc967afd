// The end of a context, for its callers: the error that stopped the context, if any, and promises that settle once the
// context has stopped.
import type { Clock } from '@millrace/core';

/** The error that stopped a context. */
export interface Failure {
  readonly error: unknown;
  /** Wall milliseconds. */
  readonly timeMs: number;
}

/** The end of one context. */
export class Termination {
  readonly #clock: Clock;
  readonly #terminated = Promise.withResolvers<void>();
  readonly #stopped = Promise.withResolvers<void>();
  #failure: Failure | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
    // Callers need not await termination: a failure is also logged, and is in `stop` reports and events.
    this.#terminated.promise.catch(() => undefined);
  }

  /** The error that stopped the context; undefined for a context that did not fail. */
  get failure(): Failure | undefined {
    return this.#failure;
  }

  /** Notes a fatal error; the first error counts. */
  fail(error: unknown): void {
    this.#failure ??= { error, timeMs: this.#clock.now() };
  }

  /** Called once the context has stopped. */
  settle(): void {
    this.#stopped.resolve();
    if (this.#failure === undefined) this.#terminated.resolve();
    else this.#terminated.reject(this.#failure.error);
  }

  /** Resolves once the context has stopped, also after a failure. */
  get stopped(): Promise<void> {
    return this.#stopped.promise;
  }

  /** Resolves once the context has stopped; rejects with the error that stopped the context. */
  get terminated(): Promise<void> {
    return this.#terminated.promise;
  }

  /** As `terminated` with true; false when the time is over before. */
  async terminatedWithin(timeoutMs: number): Promise<boolean> {
    const timeout = Promise.withResolvers<boolean>();
    const timer = this.#clock.after(timeoutMs, () => timeout.resolve(false));
    try {
      return await Promise.race([this.#terminated.promise.then(() => true), timeout.promise]);
    } finally {
      timer.cancel();
    }
  }
}
