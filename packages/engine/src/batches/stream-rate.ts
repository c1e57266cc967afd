// The rate of one receiver stream: the estimator's answer, held between the bounds, and below the rate that an overdue
// batch has shown. Arithmetic only; the controller decides when to measure and whom to notify.
//
// Bytes follow records: a stream may bring twice the bytes of its former records, so that records of ten times the size
// do not make a batch of ten times the size. A stream that counts no records is limited by bytes alone.
import type { BatchMeasurement, RateEstimator } from '@millrace/core';
import type { RateLimit } from '@millrace/core/engine';

/** The growth of the mean record size at which the limit in bytes takes effect. */
const SIZE_GROWTH = 2;
/** The least limit in bytes per second: smaller amounts are no load, and one large record may need as much. */
const LEAST_BYTES_PER_SECOND = 2 ** 20;

/** The collaborators of a `StreamRate`. Rates in records per second. */
export interface StreamRateDeps {
  readonly estimator: RateEstimator;
  readonly initialRate: number;
  readonly minRate: number;
  /** 0: no limit. */
  readonly maxRate: number;
  /** 0: no limit. */
  readonly maxBytesPerSecond: number;
}

/** The limits of one stream. */
export class StreamRate {
  readonly #deps: StreamRateDeps;
  #estimate: number;
  /** The rate that the stream gets in any case beside the other streams of its batches, in records per second. */
  #fairShare = 0;
  /** The largest possible rate of the batch that runs for too long, in records per second. */
  #overdueBound = Infinity;
  #recordBytes: number | undefined;
  #countsRecords = true;

  constructor(deps: StreamRateDeps) {
    this.#deps = deps;
    this.#estimate = deps.initialRate;
  }

  /** The estimator's last answer; until then the initial rate. */
  get estimate(): number {
    return this.#estimate;
  }

  /**
   * An equal part of the allowed rate of all streams of the last batch: a small stream is not limited to its small
   * part.
   */
  setFairShare(recordsPerSecond: number): void {
    this.#fairShare = recordsPerSecond;
  }

  /** Measures a done batch with input of the stream. */
  measure(measurement: BatchMeasurement): void {
    const estimate = this.#deps.estimator.next(measurement);
    // RATE-3 is the estimator's duty; a limit of NaN would limit nothing.
    if (estimate !== undefined && Number.isFinite(estimate) && estimate >= 0) {
      this.#estimate = estimate;
      this.#overdueBound = Infinity;
    }
    this.#rememberSize(measurement);
  }

  /**
   * Called for a batch with that many records of the stream that has run for longer than its interval and is not done.
   */
  overdue(recordCount: number, ranForMs: number): void {
    if (recordCount > 0) this.#overdueBound = Math.min(this.#overdueBound, (recordCount / ranForMs) * 1_000);
  }

  /** The overdue batch is done, and its time was not the cost of its records. */
  notOverdue(): void {
    this.#overdueBound = Infinity;
  }

  /** The limit of the receiver now. */
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
    // Without records a byte is the unit of counting.
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
