// The oldest log time of the block content that each allocated batch needs. A small block is in the log of decisions, with
// its registration, and has to stay there as long as a batch may run again with the block: longer than the registration
// alone, which the allocation repeats (WAL-4). A batch that no memory has any more may still be needed by the next driver,
// so the times outlive the blocks. Their number is bounded: above the bound, neighbours are merged, and the merged times
// keep more of the log than necessary, never less.
import type { BatchTime } from '@millrace/core';

/** The most times; then every two neighbours become one. */
const SPANS_MAX = 1_024;

/** Batches behind the span before, up to the last one, and the oldest log time of their content. */
interface Span {
  readonly lastBatch: BatchTime;
  readonly fromMs: BatchTime;
}

/** The log times of content, by batch. */
export class ContentLogTimes {
  readonly #spansMax: number;
  /** By batch, rising. */
  #spans: Span[] = [];

  /** @param spansMax The most times in memory; default 1,024. */
  constructor(spansMax: number = SPANS_MAX) {
    this.#spansMax = spansMax;
  }

  /** Notes a batch, later than all batches before. `fromMs` is infinity for a batch without content in the log. */
  add(batchTime: BatchTime, fromMs: BatchTime): void {
    if (fromMs === Number.POSITIVE_INFINITY) return;
    this.#spans.push({ lastBatch: batchTime, fromMs });
    if (this.#spans.length > this.#spansMax) this.#mergeNeighbours();
  }

  /** The oldest log time that the batches from `threshold` on need; infinity without one. */
  neededFrom(threshold: BatchTime): BatchTime {
    let neededFrom = Number.POSITIVE_INFINITY;
    for (const { lastBatch, fromMs } of this.#spans) {
      if (lastBatch >= threshold) neededFrom = Math.min(neededFrom, fromMs);
    }
    return neededFrom;
  }

  /** Forgets the batches before `threshold`. */
  forgetBefore(threshold: BatchTime): void {
    const kept = this.#spans.findIndex(({ lastBatch }) => lastBatch >= threshold);
    this.#spans = kept < 0 ? [] : this.#spans.slice(kept);
  }

  #mergeNeighbours(): void {
    const merged: Span[] = [];
    for (let at = 0; at < this.#spans.length; at += 2) {
      const [first, second] = this.#spans.slice(at, at + 2) as [Span, Span | undefined];
      merged.push(
        second === undefined
          ? first
          : { lastBatch: second.lastBatch, fromMs: Math.min(first.fromMs, second.fromMs) },
      );
    }
    this.#spans = merged;
  }
}
