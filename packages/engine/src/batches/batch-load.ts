// How busy the jobs were over a time: the mean of what batches took of their interval. Two things are counted for more
// than they took, because else a job that cannot keep up would look as if it could:
//
//   a batch that is still running counts with the time it has taken so far: it may take longer than anyone waits
//   a batch that back-pressure kept from being larger counts as full: its size says what was let in, not what came
import type { BatchInfo, BatchTime, Clock } from '@millrace/core';

/** A batch that took less than this share was not kept small because of what it costs. */
const COSTLY = 0.5;

/** What a `BatchLoad` is made of. */
export interface BatchLoadDeps {
  readonly clock: Pick<Clock, 'monotonicMs'>;
  readonly batchIntervalMs: number;
  /** What a batch counts at least that was held back, as a share of its interval. */
  readonly fullRatio: number;
  /** Whether back-pressure kept the sources of a batch from bringing more. */
  readonly wasHeldBack: (batchTime: BatchTime) => boolean;
}

/** Collects loads between two looks. */
export class BatchLoad {
  readonly #deps: BatchLoadDeps;
  /** Monotonic times at which the batches that run were seen to start. */
  readonly #startedMs = new Map<BatchTime, number>();
  #sum = 0;
  #count = 0;

  constructor(deps: BatchLoadDeps) {
    this.#deps = deps;
  }

  started({ batchTime, processingStartMs }: BatchInfo): void {
    if (processingStartMs !== undefined) this.#startedMs.set(batchTime, this.#deps.clock.monotonicMs());
  }

  /** A batch in which something failed took a time that is not its load. */
  completed({ batchTime, outcome, outputOperations, processingDelayMs = 0 }: BatchInfo): void {
    this.#startedMs.delete(batchTime);
    const isPlain = outputOperations.every(({ attempts }) => attempts <= 1);
    if (outcome !== 'succeeded' || !isPlain) return;
    const ratio = processingDelayMs / this.#deps.batchIntervalMs;
    const isFull = ratio >= COSTLY && this.#deps.wasHeldBack(batchTime);
    this.#add(isFull ? Math.max(ratio, this.#deps.fullRatio) : ratio);
  }

  /** The mean since the last look; undefined: there was no batch. Begins anew. */
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
