// The writes that an output has tried so far, from which the permitted refusals of its sink follow: a batch is refused
// for its number of partitions only after a try with another number, and for its age only after enough newer batches.
import type { SinkWrite } from '@millrace/core';

type Tried = Pick<SinkWrite, 'batchTime' | 'partitions' | 'outputOperation'>;

/** See the header of this file. */
export class TriedWrites {
  /** The tried numbers of partitions of each batch; the last one is the number of the destination, if it has any. */
  readonly #partitions = new Map<number, number[]>();
  /** The times of all tried batches. Older batches that a newer one drove out of the ledger stay refused when the newer one is removed. */
  readonly #times = new Set<number>();
  /** The number of the output operation in its program. */
  outputOperation = 0;

  /** Notes a try. */
  note({ batchTime, partitions, outputOperation }: Tried): void {
    const tried = this.#partitions.get(batchTime) ?? [];
    if (!tried.includes(partitions)) tried.unshift(partitions);
    this.#partitions.set(batchTime, tried);
    this.#times.add(batchTime);
    this.outputOperation = outputOperation;
  }

  /** Notes an acknowledged write: the destination has this number of partitions. */
  noteWritten({ batchTime, partitions }: Pick<Tried, 'batchTime' | 'partitions'>): void {
    const others = (this.#partitions.get(batchTime) ?? []).filter((one) => one !== partitions);
    this.#partitions.set(batchTime, [...others, partitions]);
  }

  /** The output of a batch was removed from the destination. */
  forget(batchTime: number): void {
    this.#partitions.delete(batchTime);
  }

  /** True when the batch was tried with another number of partitions. */
  hasOther({ batchTime, partitions }: Pick<Tried, 'batchTime' | 'partitions'>): boolean {
    return this.#partitions.get(batchTime)?.some((tried) => tried !== partitions) === true;
  }

  /** The number of later batches that were tried, also of those that an operator removed since. */
  countAfter(batchTime: number): number {
    return [...this.#times].filter((tried) => tried > batchTime).length;
  }

  /** The number of partitions that the destination has of a batch, if it has any. */
  partitionsOf(batchTime: number): number {
    return this.#partitions.get(batchTime)?.at(-1) ?? 1;
  }
}
