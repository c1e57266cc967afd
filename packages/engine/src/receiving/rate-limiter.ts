// The rate limit of one receiver, in records and in bytes, for all ways of storing. Storing takes from two buckets; a
// timer refills both. The timer runs only while a bucket is not full, so an idle receiver costs nothing.
//
// Ticks come at whole multiples of their period, also after a pause: in any T milliseconds at most one burst, and rate
// × (T + one tick), can be stored.
import type { Clock } from '@millrace/core';
import { RecurringTimer } from '@millrace/core/engine';
import type { ReceivingOptions } from './receiving-options.ts';
import { TokenBucket } from './token-bucket.ts';

/** The collaborators of a `RateLimiter`. */
export interface RateLimiterDeps {
  readonly clock: Clock;
  readonly options: Pick<ReceivingOptions, 'maxRate' | 'maxBytesPerSecond' | 'rateTickMs' | 'rateBurstMs'>;
  /** Records per second at the start; absent: `maxRate`. */
  readonly initialRate?: number | undefined;
  /** Bytes per second at the start; absent: `maxBytesPerSecond`. */
  readonly initialByteRate?: number | undefined;
}

/** The rates of one receiver. One limiter is shared by everything that the receiver stores. */
export class RateLimiter {
  readonly #clock: Clock;
  readonly #options: RateLimiterDeps['options'];
  readonly #records: TokenBucket;
  readonly #bytes: TokenBucket;
  #onRefill: (() => void) | undefined;
  #timer: RecurringTimer | undefined;

  constructor({ clock, options, initialRate, initialByteRate }: RateLimiterDeps) {
    this.#clock = clock;
    this.#options = options;
    this.#records = new TokenBucket(options.rateBurstMs, options.rateTickMs);
    this.#bytes = new TokenBucket(options.rateBurstMs, options.rateTickMs);
    this.#records.setRate(options.maxRate);
    this.#bytes.setRate(options.maxBytesPerSecond);
    if (initialRate !== undefined) this.updateRate(initialRate, initialByteRate);
  }

  /** Records per second that are allowed now; 0 for no limit. */
  get recordsPerSecond(): number {
    return this.#records.perSecond;
  }

  /** Records that may be stored now: 0 or less when the rate is used up, `Infinity` without a limit. */
  get availableRecords(): number {
    return this.#records.available;
  }

  /** Bytes that may be stored now: 0 or less when the rate is used up, `Infinity` without a limit. */
  get availableBytes(): number {
    return this.#bytes.available;
  }

  /** True when a record may be stored now. */
  get isOpen(): boolean {
    return this.#records.available > 0 && this.#bytes.available > 0;
  }

  /**
   * Sets the rates per second, in records at most `maxRate`, in bytes at most `maxBytesPerSecond`. A value that is not
   * above 0 is ignored.
   */
  updateRate(recordsPerSecond: number, bytesPerSecond = 0): void {
    const { maxRate, maxBytesPerSecond } = this.#options;
    setLimit(this.#records, recordsPerSecond, maxRate);
    setLimit(this.#bytes, bytesPerSecond, maxBytesPerSecond);
    this.#onRefill?.();
    this.#refillLater();
  }

  /** Takes the stored amount, also beyond the available amount: later records wait for the debt. */
  take(records: number, bytes: number): void {
    if (this.#records.perSecond === 0 && this.#bytes.perSecond === 0) return;
    this.#records.take(records);
    this.#bytes.take(bytes);
    this.#refillLater();
  }

  /** Begins to refill; `onRefill` is called after each refill, and after each change of the rate. */
  start(onRefill: () => void): void {
    this.#onRefill = onRefill;
    this.#refillLater();
  }

  /** Ends refilling. A new start is possible: the rate and the debts remain. */
  stop(): void {
    this.#onRefill = undefined;
    this.#stopTimer();
  }

  #refillLater(): void {
    if (this.#timer !== undefined || this.#onRefill === undefined || this.#isFull) return;
    this.#timer = new RecurringTimer({
      clock: this.#clock,
      periodMs: this.#options.rateTickMs,
      name: 'rate-limiter',
      mayRepeat: true,
      callback: () => this.#refill(),
    });
    this.#timer.start();
  }

  #refill(): void {
    this.#records.refill(this.#options.rateTickMs);
    this.#bytes.refill(this.#options.rateTickMs);
    if (this.#isFull) this.#stopTimer();
    this.#onRefill?.();
  }

  #stopTimer(): void {
    // The promise gives the last tick, which is not needed; it never rejects.
    void this.#timer?.stop({ interrupt: true });
    this.#timer = undefined;
  }

  get #isFull(): boolean {
    return this.#records.isFull && this.#bytes.isFull;
  }
}

/** `most` is 0 without a hard limit. */
function setLimit(bucket: TokenBucket, perSecond: number, most: number): void {
  if (!(perSecond > 0)) return;
  const allowed = most > 0 ? Math.min(perSecond, most) : perSecond;
  bucket.setRate(allowed === Infinity ? 0 : allowed);
}
