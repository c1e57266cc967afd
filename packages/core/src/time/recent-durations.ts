// The durations of the newest syncs, for observers. A ring, so a long-lived log forgets old syncs; sorted only when an
// observer reads.

/** The number of durations that are kept. */
const KEPT = 1_000;

/** Quantiles of the kept durations, in milliseconds. */
export interface DurationQuantiles {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** The newest durations, at most 1,000. */
export class RecentDurations {
  readonly #kept = new Float64Array(KEPT);
  #added = 0;

  /** Adds a duration in milliseconds. */
  add(ms: number): void {
    this.#kept[this.#added % KEPT] = ms;
    this.#added += 1;
  }

  /** The quantiles of the kept durations, each one of these durations; undefined without a duration. */
  quantiles(): DurationQuantiles | undefined {
    const count = Math.min(this.#added, KEPT);
    if (count === 0) return undefined;
    const sorted = this.#kept.slice(0, count).toSorted();
    const at = (share: number) => sorted[Math.max(0, Math.ceil(share * count) - 1)] ?? 0;
    return { p50: at(0.5), p99: at(0.99), max: at(1) };
  }
}
