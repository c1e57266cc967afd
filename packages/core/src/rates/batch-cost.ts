// The cost of a batch as a line: a fixed part for any batch, and a part for each record. The line is fitted to the
// measured batches, with more weight for later and for large batches. Batches of one size alone cannot separate the two
// parts; then the whole cost is assigned to the records, which errs on the safe side.

/** The remaining weight of earlier batches after a batch of full weight. */
const MEMORY = 0.5;
/** The difference in batch sizes, as a share of their mean, from which the difference is significant. */
const TELLING_DIFFERENCE = 0.2;
/** The cost of a record is at least this share of the mean cost by record. */
const LEAST_RECORD_SHARE = 0.1;
/** An answer is not below this share of the answer by the mean cost per record. */
const LEAST_ANSWER_SHARE = 0.3;

/** The cost of batches of one stream. */
export class BatchCost {
  #weight = 0;
  #records = 0;
  #ms = 0;
  #recordsSquared = 0;
  #recordsByMs = 0;

  /** Adds one batch. `weight` is above 0, at most 1. */
  add(records: number, ms: number, weight: number): void {
    const kept = MEMORY ** weight;
    this.#weight = this.#weight * kept + weight;
    this.#records = this.#records * kept + weight * records;
    this.#ms = this.#ms * kept + weight * ms;
    this.#recordsSquared = this.#recordsSquared * kept + weight * records * records;
    this.#recordsByMs = this.#recordsByMs * kept + weight * records * ms;
  }

  /** The number of records in a batch of this duration. At least one batch was added. */
  recordsWithin(ms: number): number {
    const meanRecords = this.#records / this.#weight;
    const meanMs = this.#ms / this.#weight;
    const answer = meanRecords + (ms - meanMs) / this.#recordMs(meanRecords, meanMs);
    return Math.max(answer, LEAST_ANSWER_SHARE * meanRecords * (ms / meanMs));
  }

  /** Least squares, pulled towards the mean cost per record while sizes are alike. */
  #recordMs(meanRecords: number, meanMs: number): number {
    const proportional = meanMs / meanRecords;
    const variance = Math.max(0, this.#recordsSquared / this.#weight - meanRecords ** 2);
    const covariance = this.#recordsByMs / this.#weight - meanRecords * meanMs;
    const pull = (TELLING_DIFFERENCE * meanRecords) ** 2;
    const fitted = (covariance + pull * proportional) / (variance + pull);
    return Math.min(proportional, Math.max(LEAST_RECORD_SHARE * proportional, fitted));
  }
}
