// What a batch costs, as a line: so much for any batch, and so much for each record. The line is fitted to the batches
// that were seen, later ones counting more, large ones more than small ones. Batches that were all of one size cannot
// tell the two parts apart; then the whole cost is taken to be that of the records, which errs on the safe side.

/** What is left of the weight of earlier batches when one of full weight comes. */
const MEMORY = 0.5;
/** How different in size batches have to be, as a share of their mean, before their difference tells much. */
const TELLING_DIFFERENCE = 0.2;
/** The cost of a record is at least this share of the mean cost by record. */
const LEAST_RECORD_SHARE = 0.1;
/** An answer is not below this share of what the mean cost by record says. */
const LEAST_ANSWER_SHARE = 0.3;

/** The cost of batches of one stream. */
export class BatchCost {
  #weight = 0;
  #records = 0;
  #ms = 0;
  #recordsSquared = 0;
  #recordsByMs = 0;

  /** One more batch. `weight` is above 0, at most 1. */
  add(records: number, ms: number, weight: number): void {
    const kept = MEMORY ** weight;
    this.#weight = this.#weight * kept + weight;
    this.#records = this.#records * kept + weight * records;
    this.#ms = this.#ms * kept + weight * ms;
    this.#recordsSquared = this.#recordsSquared * kept + weight * records * records;
    this.#recordsByMs = this.#recordsByMs * kept + weight * records * ms;
  }

  /** How many records make a batch of so many milliseconds. At least one batch was added. */
  recordsWithin(ms: number): number {
    const meanRecords = this.#records / this.#weight;
    const meanMs = this.#ms / this.#weight;
    const answer = meanRecords + (ms - meanMs) / this.#recordMs(meanRecords, meanMs);
    return Math.max(answer, LEAST_ANSWER_SHARE * meanRecords * (ms / meanMs));
  }

  /** Least squares, pulled towards the mean cost by record while sizes are alike. */
  #recordMs(meanRecords: number, meanMs: number): number {
    const proportional = meanMs / meanRecords;
    const variance = Math.max(0, this.#recordsSquared / this.#weight - meanRecords ** 2);
    const covariance = this.#recordsByMs / this.#weight - meanRecords * meanMs;
    const pull = (TELLING_DIFFERENCE * meanRecords) ** 2;
    const fitted = (covariance + pull * proportional) / (variance + pull);
    return Math.min(proportional, Math.max(LEAST_RECORD_SHARE * proportional, fitted));
  }
}
