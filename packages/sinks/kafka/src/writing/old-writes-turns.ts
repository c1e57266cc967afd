// When a write also removes old messages from the ledger: the search takes time proportional to the ledger, so one search covers
// a share of the ledger.
import type { SinkWrite } from '@millrace/core';

const FORGETTING_SHARE = 16;
const WRITES_BETWEEN_MIN = 64;

/** Counts writes of each partition of each output operation. */
export class OldWritesTurns {
  readonly #between: number;
  /** The program bounds the number of output operations and of their partitions. */
  readonly #since = new Map<string, number>();

  /** @param ledgerBatches The number of batches that stay. */
  constructor(ledgerBatches: number) {
    this.#between = Math.max(WRITES_BETWEEN_MIN, Math.floor(ledgerBatches / FORGETTING_SHARE));
  }

  /** True for the first write and then once in a while. */
  isDue({ application, outputOperation, partition }: SinkWrite): boolean {
    const name = `${outputOperation}/${partition}/${application}`;
    const since = this.#since.get(name);
    const isDue = since === undefined || since >= this.#between;
    this.#since.set(name, isDue ? 1 : since + 1);
    return isDue;
  }
}
