// The driver's record of shuffle outputs: the executor of each written map partition. An output counts as long as
// its executor lives; a reading task reports a missing output, which is then removed here.
import type { ExecutorId } from '@millrace/core';

/** Locations of shuffle outputs. */
export class MapOutputs {
  readonly #shuffles = new Map<string, Map<number, ExecutorId>>();

  /** The map partitions without an output on a living executor. */
  missing(shuffleId: string, mapPartitions: number, alive: ReadonlySet<ExecutorId>): number[] {
    const outputs = this.#shuffles.get(shuffleId);
    const missing: number[] = [];
    for (let partition = 0; partition < mapPartitions; partition++) {
      const executorId = outputs?.get(partition);
      if (executorId === undefined || !alive.has(executorId)) missing.push(partition);
    }
    return missing;
  }

  /** The executor with the output of each map partition. Every output must be present. */
  locations(shuffleId: string, mapPartitions: number): ExecutorId[] {
    const outputs = this.#shuffles.get(shuffleId);
    return Array.from({ length: mapPartitions }, (_, partition) => outputs?.get(partition) ?? '');
  }

  /** Records an output written by an executor. */
  add(shuffleId: string, mapPartition: number, executorId: ExecutorId): void {
    const outputs = this.#shuffles.get(shuffleId) ?? new Map<number, ExecutorId>();
    outputs.set(mapPartition, executorId);
    this.#shuffles.set(shuffleId, outputs);
  }

  /** Removes a lost output. */
  remove(shuffleId: string, mapPartition: number): void {
    this.#shuffles.get(shuffleId)?.delete(mapPartition);
  }

  /** Known outputs, over all shuffles. */
  get outputCount(): number {
    return [...this.#shuffles.values()].reduce((sum, outputs) => sum + outputs.size, 0);
  }

  /** Removes whole shuffles. */
  forget(shuffleIds: readonly string[]): void {
    for (const shuffleId of shuffleIds) this.#shuffles.delete(shuffleId);
  }
}
