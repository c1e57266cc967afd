// The default rate estimator of an engine. The estimator learns the cost of batches (`BatchCost`), and returns the rate
// at which a batch takes most of its interval and not more:
//
//   overloaded   the batch exceeded its target time: the rate follows from the measured cost
//   large        the batch had at least half of the allowed records: likewise, up to four times the received rate
//   small        the batch says little about large batches: the rate stays, even if each record was slow
//   backlog      batches waited: a part of the rate is given up until the backlog is gone
//
// The initial rate is unproven: until the first large batch the rate only decreases.
import type { BatchMeasurement, RateEstimator, RateEstimatorFactory } from '../contracts/rate-estimator.ts';
import { BatchCost } from './batch-cost.ts';

/** The share of the interval that a batch may take. The rest is reserve for uneven input. */
const TARGET_LOAD = 0.9;
/** A batch with this share of the allowed records shows the cost of large batches. */
const LARGE = 0.5;
/** The largest growth: the rate rises at most to this multiple of the records received in a batch. */
const GROWTH_MAX = 4;
/** The share of the rate given up for a scheduling delay of one interval. */
const GIVEN_UP_PER_INTERVAL = 0.5;
/** The smallest remaining share of the rate under a backlog: a source without any rate is worse than a backlog. */
const LEAST_SHARE = 0.25;
/** A delay below this share of the interval is not a backlog. */
const NO_BACKLOG = 0.1;
/** Durations may be 0 on a coarse clock; a batch takes at least this long, in milliseconds. */
const SHORTEST_MS = 0.01;

/** Options of an estimator. */
export interface CapacityRateEstimatorOptions {
  /** In milliseconds. */
  readonly batchIntervalMs: number;
  /** The rate of the receiver before the first estimate, in records per second. Absent: no limit. */
  readonly initialRate?: number;
}

/** Estimates the rate of one stream from the cost of its batches. */
export class CapacityRateEstimator implements RateEstimator {
  readonly #batchIntervalMs: number;
  readonly #initialRate: number;
  readonly #cost = new BatchCost();
  /** Records per second without regard to a backlog. */
  #rate: number;
  /** True once a batch has shown the sustainable rate. */
  #isShown = false;
  #lastEndMs = Number.NEGATIVE_INFINITY;

  constructor({ batchIntervalMs, initialRate = Infinity }: CapacityRateEstimatorOptions) {
    this.#batchIntervalMs = batchIntervalMs;
    this.#initialRate = initialRate;
    this.#rate = initialRate;
  }

  /** A batch without input has no information, and changes nothing. */
  next(measurement: BatchMeasurement): number | undefined {
    const { processingEndMs, recordCount, sizeBytes, schedulingDelayMs } = measurement;
    // A stream without record counts is measured in bytes, one byte like one record (RATE-5).
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
    // Without any limit, every received amount counts as large.
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

/** Makes capacity rate estimators. */
export class CapacityRateEstimatorFactory implements RateEstimatorFactory {
  readonly name = 'capacity';

  create(options: CapacityRateEstimatorOptions): RateEstimator {
    return new CapacityRateEstimator(options);
  }
}
