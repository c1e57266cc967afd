// Quantiles of the newest durations.
import type { Quantiles } from '../schema/engine-state.ts';

/** No durations. */
export const NO_QUANTILES: Quantiles = Object.freeze({ p50: 0, p95: 0, p99: 0, max: 0 });

/** The quantiles of some durations by nearest rank; all 0 without durations. Sorts the array. */
export function quantilesOf(durations: Float64Array): Quantiles {
  if (durations.length === 0) return NO_QUANTILES;
  durations.sort();
  const at = (quantile: number): number =>
    durations[Math.max(0, Math.ceil(quantile * durations.length) - 1)] as number;
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) };
}

/** The newest durations, a fixed number of them. */
export class DurationRing {
  readonly #durations: Float64Array;
  #count = 0;

  constructor(maxDurations: number) {
    this.#durations = new Float64Array(maxDurations);
  }

  add(ms: number): void {
    this.#durations[this.#count % this.#durations.length] = ms;
    this.#count += 1;
  }

  /** The quantiles of the newest durations. */
  quantiles(): Quantiles {
    return quantilesOf(this.#durations.slice(0, Math.min(this.#count, this.#durations.length)));
  }
}
