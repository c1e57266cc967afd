// Waiting for news: a notification, the end of an interval, or the stop of the receiver.
import type { Clock } from '@millrace/core';

/** One waiter at a time. */
export class NewsSignal {
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  #hasNews = false;
  #end: AbortController | undefined;

  constructor(clock: Clock, signal: AbortSignal) {
    this.#clock = clock;
    this.#signal = signal;
  }

  /** News that came before are looked at now. */
  forget(): void {
    this.#hasNews = false;
  }

  /** There are news. */
  tell(): void {
    this.#hasNews = true;
    this.#end?.abort();
  }

  /** Resolves when there are news since `forget`, after the interval, and when the receiver is stopped. */
  async wait(intervalMs: number): Promise<void> {
    if (this.#hasNews || this.#signal.aborted) return;
    const end = new AbortController();
    this.#end = end;
    try {
      await this.#clock.sleepFor(intervalMs, AbortSignal.any([end.signal, this.#signal]));
    } catch {
      // News, or the stop.
    } finally {
      this.#end = undefined;
    }
  }
}
