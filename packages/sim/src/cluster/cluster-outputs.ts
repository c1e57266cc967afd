// The places outside of a cluster that a program writes to. The idempotent one keeps one result for each output and batch. The ledger
// keeps the batches that it has, and takes each partition of a batch once; it refuses a write of an epoch below one that it has seen.
import { Ledger } from '../ledger.ts';
import type { ClusterCounts } from './cluster-counts.ts';

/** One partition of one batch. */
export interface LedgerWrite {
  readonly batchTime: number;
  readonly partition: number;
  readonly epoch: number;
}

/** See the header of this file. */
export class ClusterOutputs {
  readonly results: Ledger;
  readonly #violated: (promise: string, what: string) => void;
  readonly #counts: ClusterCounts;
  readonly #writers = new Map<string, string>();
  readonly #entries = new Map<string, readonly number[]>();
  readonly #newestEpoch = new Map<string, number>();

  constructor(violated: (promise: string, what: string) => void, counts: ClusterCounts) {
    this.#violated = violated;
    this.#counts = counts;
    this.results = new Ledger(violated);
  }

  /** Writes a result; a batch that ran before has to have the same. */
  write(driver: string, operation: string, batchTime: number, records: readonly unknown[]): void {
    const key = `${operation}@${batchTime}`;
    const before = this.#writers.get(key);
    if (before !== undefined && before !== driver)
      this.#counts.state('a batch runs again under another driver');
    this.#writers.set(key, driver);
    this.results.writeAnyOrder(operation, batchTime, records);
  }

  /** Writes a partition to the ledger. @throws Error for a write of a replaced driver. */
  enter(name: string, { batchTime, partition, epoch }: LedgerWrite, numbers: readonly number[]): void {
    const newest = this.#newestEpoch.get(name) ?? 0;
    if (epoch < newest) {
      this.#counts.state('a write of a replaced driver comes late');
      throw new Error(`the ledger has seen epoch ${newest}, and refuses epoch ${epoch}`);
    }
    this.#newestEpoch.set(name, epoch);
    const key = `${name} ${batchTime}/${partition}`;
    const before = this.#entries.get(key);
    if (before === undefined) this.#entries.set(key, numbers);
    else if (before.join() !== numbers.join())
      this.#violated(
        'BAT-4',
        `${key} has ${before.join()} in the ledger, and runs again with ${numbers.join()}`,
      );
  }

  /** All numbers of a ledger, in the order of the entries. */
  numbersOf(name: string): readonly number[] {
    return [...this.#entries].flatMap(([key, numbers]) => (key.startsWith(`${name} `) ? numbers : []));
  }
}
