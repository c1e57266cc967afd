// A rate as a bucket of tokens: time fills it up to a brim, storing empties it. Arithmetic only; who lets time pass
// is `RateLimiter`. A bucket may be overdrawn: what is stored at once is not divided, and the debt is paid first.

/** Sums of fractions may miss a whole token by less than this. */
const ROUNDING = 1e-6;

/** Tokens for one unit, records or bytes. */
export class TokenBucket {
  readonly #burstMs: number;
  readonly #tickMs: number;
  #perSecond = 0;
  #tokens = 0;

  /**
   * @param burstMs How much of an unused rate is saved, in milliseconds' worth; at least a token and what a tick brings.
   * @param tickMs How long a refill covers, in milliseconds.
   */
  constructor(burstMs: number, tickMs: number) {
    this.#burstMs = burstMs;
    this.#tickMs = tickMs;
  }

  /** Tokens per second; 0 means no limit. */
  get perSecond(): number {
    return this.#perSecond;
  }

  /** Whole tokens in it; below 0 while overdrawn; `Infinity` without a limit. */
  get available(): number {
    return this.#perSecond === 0 ? Infinity : Math.floor(this.#tokens + ROUNDING);
  }

  /** Whether time has nothing to add. */
  get isFull(): boolean {
    return this.#perSecond === 0 || this.#tokens >= this.#brim;
  }

  /** Sets the rate. A first limit starts with a burst in it; a new one keeps what is in it, up to the new brim. */
  setRate(perSecond: number): void {
    const hadLimit = this.#perSecond > 0;
    this.#perSecond = perSecond;
    this.#tokens = hadLimit ? Math.min(this.#tokens, this.#brim) : Math.max(1, this.#burst);
  }

  /** Lets time pass. */
  refill(elapsedMs: number): void {
    this.#tokens = Math.min(this.#brim, this.#tokens + (this.#perSecond * elapsedMs) / 1_000);
  }

  /** Takes tokens, also more than there are. */
  take(count: number): void {
    if (this.#perSecond > 0) this.#tokens -= count;
  }

  get #burst(): number {
    return (this.#perSecond * this.#burstMs) / 1_000;
  }

  /**
   * After whole tokens were taken, less than one is left. It must have room beside what a tick brings, whatever the burst:
   * a part of a refill that ran over would be missing from the rate for good.
   */
  get #brim(): number {
    return Math.max(this.#burst, 1 + (this.#perSecond * this.#tickMs) / 1_000);
  }
}
