// The rate estimator that an engine has by default. It learns what batches cost (`BatchCost`), and answers the rate at
// which a batch takes most of its interval and not more:
//
//   overloaded   the batch took longer than it may: the rate becomes what its cost says
//   large        it had at least half of what the rate allows: the same, at most four times what came
//   small        it says little about large ones: the rate stays, however slow it was per record
//   backlog      batches waited: a part of the rate is given up until they have been worked off
//
// The initial rate has not been shown to be possible by anything: until a batch was large it only goes down.
import type { BatchMeasurement, RateEstimator, RateEstimatorFactory } from '../contracts/rate-estimator.ts';
import { BatchCost } from './batch-cost.ts';

/** The share of the interval that a batch may take. The rest is for what comes unevenly. */
const TARGET_LOAD = 0.9;
/** A batch that had this share of what the rate allows shows what large batches cost. */
const LARGE = 0.5;
/** The rate goes up to so many times what a batch had received, and no further on its evidence. */
const GROWTH_MAX = 4;
/** How much of the rate is given up for a scheduling delay of one interval. */
const GIVEN_UP_PER_INTERVAL = 0.5;
/** The least share of the rate that is left by that: a source that hears nothing is worse than a backlog. */
const LEAST_SHARE = 0.25;
/** A delay below this share of the interval is no backlog. */
const NO_BACKLOG = 0.1;
/** Durations may be 0 where the clock is coarse; a batch takes at least this long, in milliseconds. */
const SHORTEST_MS = 0.01;

/** What an estimator is told when it is made. */
export interface CapacityRateEstimatorOptions {
  /** In milliseconds. */
  readonly batchIntervalMs: number;
  /** The rate that the receiver has until an estimate, in records per second. Absent: it has no limit. */
  readonly initialRate?: number;
}

/** Estimates the rate of one stream from what its batches cost. */
export class CapacityRateEstimator implements RateEstimator {
  readonly #batchIntervalMs: number;
  readonly #initialRate: number;
  readonly #cost = new BatchCost();
  /** Records per second without regard to a backlog. */
  #rate: number;
  /** Whether a batch has shown what the rate has to be. */
  #isShown = false;
  #lastEndMs = Number.NEGATIVE_INFINITY;

  constructor({ batchIntervalMs, initialRate = Infinity }: CapacityRateEstimatorOptions) {
    this.#batchIntervalMs = batchIntervalMs;
    this.#initialRate = initialRate;
    this.#rate = initialRate;
  }

  /** A batch without input says nothing, and changes nothing. */
  next(measurement: BatchMeasurement): number | undefined {
    const { processingEndMs, recordCount, sizeBytes, schedulingDelayMs } = measurement;
    // Who counts no records is measured in bytes, as if each were a record (RATE-5).
    const amount = recordCount > 0 ? recordCount : sizeBytes;
    if (amount <= 0 || processingEndMs < this.#lastEndMs) return undefined;
    this.#lastEndMs = processingEndMs;
    this.#learn(amount, Math.max(measurement.processingDelayMs, SHORTEST_MS));
    return this.#rate * this.#shareBeside(schedulingDelayMs);
  }

  #learn(amount: number, processingMs: number): void {
    const mayTakeMs = this.#batchIntervalMs * TARGET_LOAD;
    const received = this.#perSecond(amount);
    const isOverloaded = processingMs > mayTakeMs;
    // With no limit at all, what came is as large as it gets.
    const size = isOverloaded || this.#rate === Infinity ? 1 : Math.min(1, received / this.#rate);
    this.#cost.add(amount, processingMs, size);
    const fitting = this.#perSecond(this.#cost.recordsWithin(mayTakeMs));
    if (isOverloaded || size >= LARGE) {
      this.#rate = Math.min(fitting, received * GROWTH_MAX);
      this.#isShown = true;
    } else if (!this.#isShown) this.#rate = Math.min(fitting, this.#initialRate);
  }

  #perSecond(recordsPerBatch: number): number {
    return (recordsPerBatch / this.#batchIntervalMs) * 1_000;
  }

  #shareBeside(schedulingDelayMs: number): number {
    const intervals = Math.max(0, schedulingDelayMs / this.#batchIntervalMs - NO_BACKLOG);
    return Math.max(LEAST_SHARE, 1 - intervals * GIVEN_UP_PER_INTERVAL);
  }
}

/** Makes estimators of capacity. */
export class CapacityRateEstimatorFactory implements RateEstimatorFactory {
  readonly name = 'capacity';

  create(options: CapacityRateEstimatorOptions): RateEstimator {
    return new CapacityRateEstimator(options);
  }
}
