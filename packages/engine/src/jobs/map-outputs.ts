// What the driver knows about shuffle outputs: which executor has written which map partition. An output counts as
// long as its executor lives; a reading task that does not find one says so, and it is struck off here.
import type { ExecutorId } from '@millrace/core';

/** Where the outputs of shuffles are. */
export class MapOutputs {
  readonly #shuffles = new Map<string, Map<number, ExecutorId>>();

  /** The map partitions whose output nobody alive has. */
  missing(shuffleId: string, mapPartitions: number, alive: ReadonlySet<ExecutorId>): number[] {
    const outputs = this.#shuffles.get(shuffleId);
    const missing: number[] = [];
    for (let partition = 0; partition < mapPartitions; partition++) {
      const executorId = outputs?.get(partition);
      if (executorId === undefined || !alive.has(executorId)) missing.push(partition);
    }
    return missing;
  }

  /** Which executor has the output of each map partition. All have to be there. */
  locations(shuffleId: string, mapPartitions: number): ExecutorId[] {
    const outputs = this.#shuffles.get(shuffleId);
    return Array.from({ length: mapPartitions }, (_, partition) => outputs?.get(partition) ?? '');
  }

  /** An executor has written an output. */
  add(shuffleId: string, mapPartition: number, executorId: ExecutorId): void {
    const outputs = this.#shuffles.get(shuffleId) ?? new Map<number, ExecutorId>();
    outputs.set(mapPartition, executorId);
    this.#shuffles.set(shuffleId, outputs);
  }

  /** An output is gone. */
  remove(shuffleId: string, mapPartition: number): void {
    this.#shuffles.get(shuffleId)?.delete(mapPartition);
  }

  /** Outputs that are known, over all shuffles. */
  get outputCount(): number {
    return [...this.#shuffles.values()].reduce((sum, outputs) => sum + outputs.size, 0);
  }

  /** Whole shuffles are gone. */
  forget(shuffleIds: readonly string[]): void {
    for (const shuffleId of shuffleIds) this.#shuffles.delete(shuffleId);
  }
}
