// A rate as a token bucket: time fills the bucket up to its brim, storing empties it. Arithmetic only; `RateLimiter`
// lets time pass. A bucket may be overdrawn: records stored at once are not divided, and the debt is paid first.

/** The largest rounding error by which a sum of fractions may miss a whole token. */
const ROUNDING = 1e-6;

/** Tokens for one unit, records or bytes. */
export class TokenBucket {
  readonly #burstMs: number;
  readonly #tickMs: number;
  #perSecond = 0;
  #tokens = 0;

  /**
   * @param burstMs The unused rate that accumulates, in milliseconds' worth; at least a token and the tokens of a tick.
   * @param tickMs The time of one refill, in milliseconds.
   */
  constructor(burstMs: number, tickMs: number) {
    this.#burstMs = burstMs;
    this.#tickMs = tickMs;
  }

  /** Tokens per second; 0 for no limit. */
  get perSecond(): number {
    return this.#perSecond;
  }

  /** Whole tokens in the bucket; below 0 while overdrawn; `Infinity` without a limit. */
  get available(): number {
    return this.#perSecond === 0 ? Infinity : Math.floor(this.#tokens + ROUNDING);
  }

  /** True when the bucket is full. */
  get isFull(): boolean {
    return this.#perSecond === 0 || this.#tokens >= this.#brim;
  }

  /**
   * Sets the rate. A first limit starts with a burst of tokens; a new one keeps the present tokens, up to the new brim.
   */
  setRate(perSecond: number): void {
    const hadLimit = this.#perSecond > 0;
    this.#perSecond = perSecond;
    this.#tokens = hadLimit ? Math.min(this.#tokens, this.#brim) : Math.max(1, this.#burst);
  }

  /** Adds the tokens of the elapsed time. */
  refill(elapsedMs: number): void {
    this.#tokens = Math.min(this.#brim, this.#tokens + (this.#perSecond * elapsedMs) / 1_000);
  }

  /** Takes tokens, also more than available. */
  take(count: number): void {
    if (this.#perSecond > 0) this.#tokens -= count;
  }

  get #burst(): number {
    return (this.#perSecond * this.#burstMs) / 1_000;
  }

  /**
   * After whole tokens were taken, less than one is left. That fraction must have room beside the tokens of a tick, for
   * any burst: an overflowing part of a refill would be missing from the rate for good.
   */
  get #brim(): number {
    return Math.max(this.#burst, 1 + (this.#perSecond * this.#tickMs) / 1_000);
  }
}
