// The load of the jobs over a time: the mean of batches' processing time over their interval. Two kinds of batches
// count for more than their measured time, because otherwise a job that falls behind would look as if it kept up:
//
//   a running batch counts with its time so far, because the end of a long batch would come too late
//   a batch limited by back-pressure counts as full, because its size shows the limit, not the input
import type { BatchInfo, BatchTime, Clock } from '@millrace/core';

/** A batch below this share was not limited because of its costs. */
const COSTLY = 0.5;

/** The collaborators of a `BatchLoad`. */
export interface BatchLoadDeps {
  readonly clock: Pick<Clock, 'monotonicMs'>;
  readonly batchIntervalMs: number;
  /** The least value of a limited batch, as a share of its interval. */
  readonly fullRatio: number;
  /** True when back-pressure limited the sources of a batch. */
  readonly wasHeldBack: (batchTime: BatchTime) => boolean;
}

/** Collects loads between two checks. */
export class BatchLoad {
  readonly #deps: BatchLoadDeps;
  /** The monotonic start times of running batches. */
  readonly #startedMs = new Map<BatchTime, number>();
  #sum = 0;
  #count = 0;

  constructor(deps: BatchLoadDeps) {
    this.#deps = deps;
  }

  started({ batchTime, processingStartMs }: BatchInfo): void {
    if (processingStartMs !== undefined) this.#startedMs.set(batchTime, this.#deps.clock.monotonicMs());
  }

  /** A batch with a failure took a time that is not its load, so it is left out. */
  completed({ batchTime, outcome, outputOperations, processingDelayMs = 0 }: BatchInfo): void {
    this.#startedMs.delete(batchTime);
    const isPlain = outputOperations.every(({ attempts }) => attempts <= 1);
    if (outcome !== 'succeeded' || !isPlain) return;
    const ratio = processingDelayMs / this.#deps.batchIntervalMs;
    const isFull = ratio >= COSTLY && this.#deps.wasHeldBack(batchTime);
    this.#add(isFull ? Math.max(ratio, this.#deps.fullRatio) : ratio);
  }

  /** The mean since the last check; undefined without a batch. Begins anew. */
  take(): number | undefined {
    const nowMs = this.#deps.clock.monotonicMs();
    for (const startedMs of this.#startedMs.values()) {
      const ratio = (nowMs - startedMs) / this.#deps.batchIntervalMs;
      if (ratio > 1) this.#add(ratio);
    }
    const mean = this.#count === 0 ? undefined : this.#sum / this.#count;
    this.#sum = 0;
    this.#count = 0;
    return mean;
  }

  #add(ratio: number): void {
    this.#sum += ratio;
    this.#count += 1;
  }
}
