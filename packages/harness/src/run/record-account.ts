// The account of processed records: complete without duplicates, or a count of missing records. Each partition is
// summed up where it is computed; only the sums travel to the driver.
import type { WorkloadRecord } from './workload-config.ts';

/** The content of one partition of one batch. */
export interface PartitionAccount {
  /** Receiver, first and last number, for each run of numbers without a gap. */
  readonly ranges: readonly (readonly [receiver: number, from: number, to: number])[];
  /** Intended times in whole milliseconds, and the number of records with each time. */
  readonly times: readonly (readonly [intendedMs: number, count: number])[];
}

/** Sums up a partition. */
export function accountOf(records: Iterable<WorkloadRecord>): PartitionAccount {
  const ranges: [number, number, number][] = [];
  const times = new Map<number, number>();
  let current: [number, number, number] | undefined;
  for (const { receiver, index, intendedMs } of records) {
    if (current !== undefined && current[0] === receiver && current[2] === index - 1) {
      current[2] = index;
    } else {
      current = [receiver, index, index];
      ranges.push(current);
    }
    const millisecond = Math.floor(intendedMs);
    times.set(millisecond, (times.get(millisecond) ?? 0) + 1);
  }
  return { ranges, times: [...times] };
}

/** All processed records of all batches. */
export class RecordAccount {
  /** One byte per record of a receiver, set once the record was processed. */
  readonly #seen = new Map<number, Uint8Array>();
  #different = 0;
  #repeated = 0;

  /** Records processed at least once. */
  get different(): number {
    return this.#different;
  }

  /** The number of repeated records. */
  get repeated(): number {
    return this.#repeated;
  }

  /** Adds the content of a partition. */
  add({ ranges }: PartitionAccount): void {
    for (const [receiver, from, to] of ranges) {
      const seen = this.#seenUpTo(receiver, to);
      for (let index = from; index <= to; index += 1) {
        if (seen[index] === 1) this.#repeated += 1;
        else this.#different += 1;
        seen[index] = 1;
      }
    }
  }

  #seenUpTo(receiver: number, index: number): Uint8Array {
    const seen = this.#seen.get(receiver) ?? new Uint8Array(65_536);
    if (index < seen.length) {
      this.#seen.set(receiver, seen);
      return seen;
    }
    const grown = new Uint8Array(Math.max(seen.length * 2, index + 1));
    grown.set(seen);
    this.#seen.set(receiver, grown);
    return grown;
  }
}
