// The intended send times of records. The plan is independent of the acceptance rate: the delay of a late record counts
// from the intended time, so a stalled engine gets no relief (no coordinated omission).

/** The intended load. */
export interface LoadShape {
  /** Records per second between bursts; 0 is silence. */
  readonly recordsPerSecond: number;
  /** Periodic bursts. The first burst comes after one period. */
  readonly burst?: BurstShape;
}

/** A burst. */
export interface BurstShape {
  /** From the start of a burst to the start of the next one. */
  readonly everyMs: number;
  /** The length of each burst; less than `everyMs`. */
  readonly lengthMs: number;
  /** The multiple of the normal rate during a burst. */
  readonly factor: number;
}

/** The plan of one source: the number of records due at a time, and the intended send time of each record. */
export class LoadSchedule {
  readonly #perMs: number;
  readonly #burst: BurstShape;
  readonly #perPeriod: number;

  constructor({ recordsPerSecond, burst = { everyMs: 1_000, lengthMs: 0, factor: 1 } }: LoadShape) {
    this.#perMs = recordsPerSecond / 1_000;
    this.#burst = burst;
    this.#perPeriod = this.#perMs * (burst.everyMs + burst.lengthMs * (burst.factor - 1));
  }

  /** The number of records due this many milliseconds after the start. */
  dueBy(elapsedMs: number): number {
    const { everyMs, lengthMs, factor } = this.#burst;
    const periods = Math.floor(elapsedMs / everyMs);
    const within = elapsedMs - periods * everyMs;
    const quietMs = everyMs - lengthMs;
    const weighted = Math.min(within, quietMs) + Math.max(0, within - quietMs) * factor;
    return Math.floor(periods * this.#perPeriod + weighted * this.#perMs + ROUNDING);
  }

  /** The intended send time of the record with this number, from 0, in milliseconds after the start. */
  intendedAtMs(index: number): number {
    if (this.#perMs === 0) return Number.POSITIVE_INFINITY;
    const { everyMs, lengthMs, factor } = this.#burst;
    const number = index + 1;
    const periods = Math.floor((number - ROUNDING) / this.#perPeriod);
    const weighted = (number - periods * this.#perPeriod) / this.#perMs;
    const quietMs = everyMs - lengthMs;
    const within = weighted <= quietMs ? weighted : quietMs + (weighted - quietMs) / factor;
    return periods * everyMs + within;
  }
}

/** The tolerance for rounding errors in sums that should reach a whole record. */
const ROUNDING = 1e-6;
