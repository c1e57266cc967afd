// When records are meant to be sent. The plan knows nothing of how fast they are taken: a record that is sent late
// counts from when it was meant, so that an engine that stalls is not given a rest (no coordinated omission).

/** How many records are meant to come. */
export interface LoadShape {
  /** Records per second between bursts; 0 is silence. */
  readonly recordsPerSecond: number;
  /** Bursts that begin every so often. The first one comes after the first wait. */
  readonly burst?: BurstShape;
}

/** A burst. */
export interface BurstShape {
  /** From the start of a burst to the start of the next one. */
  readonly everyMs: number;
  /** How long each lasts; less than `everyMs`. */
  readonly lengthMs: number;
  /** The rate in it is so many times the usual one. */
  readonly factor: number;
}

/** The plan of one source: how many records are due at a time, and when each of them was meant to be sent. */
export class LoadSchedule {
  readonly #perMs: number;
  readonly #burst: BurstShape;
  readonly #perPeriod: number;

  constructor({ recordsPerSecond, burst = { everyMs: 1_000, lengthMs: 0, factor: 1 } }: LoadShape) {
    this.#perMs = recordsPerSecond / 1_000;
    this.#burst = burst;
    this.#perPeriod = this.#perMs * (burst.everyMs + burst.lengthMs * (burst.factor - 1));
  }

  /** How many records are due so many milliseconds after the start. */
  dueBy(elapsedMs: number): number {
    const { everyMs, lengthMs, factor } = this.#burst;
    const periods = Math.floor(elapsedMs / everyMs);
    const within = elapsedMs - periods * everyMs;
    const quietMs = everyMs - lengthMs;
    const weighted = Math.min(within, quietMs) + Math.max(0, within - quietMs) * factor;
    return Math.floor(periods * this.#perPeriod + weighted * this.#perMs + ROUNDING);
  }

  /** When the record of this number, from 0, is meant to be sent, in milliseconds after the start. */
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

/** What sums of fractions may be short of a whole record. */
const ROUNDING = 1e-6;
