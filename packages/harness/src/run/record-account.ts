// Which records came out: all of them, each once, or an account of what is missing. What a partition saw is summed up
// where it was computed; only the sums come to the driver.
import type { WorkloadRecord } from './workload-config.ts';

/** What one partition of one batch held. */
export interface PartitionAccount {
  /** Receiver, first and last number, for each run of numbers without a gap. */
  readonly ranges: readonly (readonly [receiver: number, from: number, to: number])[];
  /** Intended times in whole milliseconds, and how many records had each. */
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

/** Everything that came out, over all batches. */
export class RecordAccount {
  /** One byte for each record of a receiver: whether it came out. */
  readonly #seen = new Map<number, Uint8Array>();
  #different = 0;
  #repeated = 0;

  /** Records that came out at least once. */
  get different(): number {
    return this.#different;
  }

  /** How often a record came out that had come out before. */
  get repeated(): number {
    return this.#repeated;
  }

  /** Takes in what a partition held. */
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
