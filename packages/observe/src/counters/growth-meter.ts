// The growth of an amount that is read now and then: the difference to an earlier reading, over the time in between.

/** Samples in the memory of a meter. */
const SAMPLES = 12;

/** Measures the growth of an amount over the newest `spanMs` of monotonic time. */
export class GrowthMeter {
  readonly #distanceMs: number;
  readonly #leastMs: number;
  readonly #times = new Float64Array(SAMPLES);
  readonly #amounts = new Float64Array(SAMPLES);
  #count = 0;
  #newestMs = 0;
  #newest = 0;

  /** `leastMs`: the growth is known when the samples are this far apart. Default: a quarter of the span. */
  constructor(spanMs: number, leastMs = spanMs / 4) {
    this.#distanceMs = spanMs / SAMPLES;
    this.#leastMs = leastMs;
  }

  /** Takes a reading. */
  take(amount: number, monotonicMs: number): void {
    this.#newest = amount;
    this.#newestMs = monotonicMs;
    const last = this.#times[(this.#count - 1) % SAMPLES] as number;
    if (this.#count > 0 && monotonicMs - last < this.#distanceMs) return;
    this.#times[this.#count % SAMPLES] = monotonicMs;
    this.#amounts[this.#count % SAMPLES] = amount;
    this.#count += 1;
  }

  /** Forgets all readings: the amount has begun anew. */
  clear(): void {
    this.#count = 0;
  }

  /** The growth per second; negative for an amount that shrinks; undefined: not known yet. */
  get perSecond(): number | undefined {
    if (this.#count === 0) return undefined;
    const oldest = this.#count > SAMPLES ? this.#count % SAMPLES : 0;
    const lengthMs = this.#newestMs - (this.#times[oldest] as number);
    if (lengthMs < this.#leastMs || lengthMs <= 0) return undefined;
    return (1_000 * (this.#newest - (this.#amounts[oldest] as number))) / lengthMs;
  }
}
