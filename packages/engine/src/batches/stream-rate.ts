// The rate of one receiver stream: what the estimator says, held between the bounds, and below what a batch that is
// overdue has shown. Arithmetic only; when to ask and whom to tell is the controller's.
//
// Bytes follow records: a stream may bring twice the bytes that its records have had, so that records which suddenly
// are ten times as large do not make a batch that is. Who counts no records is held to bytes alone.
import type { BatchMeasurement, RateEstimator } from '@millrace/core';
import type { RateLimit } from '@millrace/core/engine';

/** How many times their mean size records may grow before the limit in bytes holds them back. */
const SIZE_GROWTH = 2;
/** A limit in bytes per second is never below this: so little is no load, and one large record may need it. */
const LEAST_BYTES_PER_SECOND = 2 ** 20;

/** What a `StreamRate` is made of. Rates in records per second. */
export interface StreamRateDeps {
  readonly estimator: RateEstimator;
  readonly initialRate: number;
  readonly minRate: number;
  /** 0: no limit. */
  readonly maxRate: number;
  /** 0: no limit. */
  readonly maxBytesPerSecond: number;
}

/** What holds for one stream. */
export class StreamRate {
  readonly #deps: StreamRateDeps;
  #estimate: number;
  /** What it may have in any case beside the other streams of its batches, in records per second. */
  #fairShare = 0;
  /** What the batch that runs for too long can have at most, in records per second. */
  #overdueBound = Infinity;
  #recordBytes: number | undefined;
  #countsRecords = true;

  constructor(deps: StreamRateDeps) {
    this.#deps = deps;
    this.#estimate = deps.initialRate;
  }

  /** What the estimator has answered last; until then the initial rate. */
  get estimate(): number {
    return this.#estimate;
  }

  /** An equal part of what all streams of the last batch may have: a small stream is not held to its small part. */
  setFairShare(recordsPerSecond: number): void {
    this.#fairShare = recordsPerSecond;
  }

  /** A batch with input of the stream was done. */
  measure(measurement: BatchMeasurement): void {
    const estimate = this.#deps.estimator.next(measurement);
    // RATE-3 is the estimator's duty; a limit of NaN would limit nothing.
    if (estimate !== undefined && Number.isFinite(estimate) && estimate >= 0) {
      this.#estimate = estimate;
      this.#overdueBound = Infinity;
    }
    this.#rememberSize(measurement);
  }

  /** A batch with so many records of the stream has run for so long, longer than its interval, and is not done. */
  overdue(recordCount: number, ranForMs: number): void {
    if (recordCount > 0) this.#overdueBound = Math.min(this.#overdueBound, (recordCount / ranForMs) * 1_000);
  }

  /** The batch that was overdue is done, and its time was not what its records cost. */
  notOverdue(): void {
    this.#overdueBound = Infinity;
  }

  /** What the receiver may store now. */
  get limit(): RateLimit {
    const { minRate, maxRate } = this.#deps;
    const fair = Math.max(this.#estimate, this.#fairShare);
    const wanted = Math.max(minRate, Math.min(fair, this.#overdueBound));
    const recordsPerSecond = maxRate > 0 ? Math.min(wanted, maxRate) : wanted;
    const bytesPerSecond = this.#bytesFor(recordsPerSecond);
    return bytesPerSecond === undefined ? { recordsPerSecond } : { recordsPerSecond, bytesPerSecond };
  }

  #rememberSize({ recordCount, sizeBytes }: BatchMeasurement): void {
    this.#countsRecords = recordCount > 0;
    if (sizeBytes <= 0) return;
    // Without records a byte is what is counted.
    const bytes = this.#countsRecords ? sizeBytes / recordCount : 1;
    this.#recordBytes = this.#recordBytes === undefined ? bytes : (this.#recordBytes + bytes) / 2;
  }

  #bytesFor(recordsPerSecond: number): number | undefined {
    if (this.#recordBytes === undefined) return undefined;
    const growth = this.#countsRecords ? SIZE_GROWTH : 1;
    const bytes = Math.max(LEAST_BYTES_PER_SECOND, recordsPerSecond * this.#recordBytes * growth);
    const { maxBytesPerSecond } = this.#deps;
    return maxBytesPerSecond > 0 ? Math.min(bytes, maxBytesPerSecond) : bytes;
  }
}
