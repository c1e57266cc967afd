// The newest batches in whole, bounded in number and in bytes.
import type { BatchInfo, BatchTime, OutputOperationInfo } from '@millrace/core';
import type { ObservedBatch, ObservedBatches } from '../schema/observed-batch.ts';
import type { NameOfStream } from './batch-rows.ts';
import { KeptBatch } from './kept-batch.ts';

/** The number of batches in the history. */
export const BATCHES_MAX = 1_000;
/** The number of batches in one answer by default. */
export const BATCHES_IN_ANSWER = 100;

/** A question for batches. */
export interface BatchQuery {
  /** Only batches with a later batch time. */
  readonly after?: BatchTime;
  /** Only batches with an earlier batch time: for the next page. */
  readonly before?: BatchTime;
  /** The largest number of batches in the answer, from 1 to 1,000. Default 100. */
  readonly limit?: number;
  /**
   * Only some batches. `failed`: failed, skipped, held, or with a failed attempt at an output. `slow`: processing took
   * longer than the interval. `re-run`: run again after recovery.
   */
  readonly filter?: 'failed' | 'slow' | 're-run';
}

/** The history of batches. */
export class BatchHistory {
  readonly #batches = new Map<BatchTime, KeptBatch>();
  /** Few, unless the engine stands still: asked for with every judgement. */
  readonly #unfinished = new Set<KeptBatch>();
  readonly #nameOf: NameOfStream;
  #bytes = 0;

  constructor(nameOf: NameOfStream) {
    this.#nameOf = nameOf;
  }

  /** The bytes of the kept batches by the account of `KeptBatch`. */
  get bytes(): number {
    return this.#bytes;
  }

  get size(): number {
    return this.#batches.size;
  }

  /** The batch, while the history has the batch. */
  get(batchTime: BatchTime): KeptBatch | undefined {
    return this.#batches.get(batchTime);
  }

  /** Takes the content of an event of a batch. A batch that is older than the whole history is not taken again. */
  take(info: BatchInfo): void {
    const known = this.#batches.get(info.batchTime);
    if (known !== undefined) {
      this.#change(known, () => known.update(info));
      if (known.isCompleted) this.#unfinished.delete(known);
      return;
    }
    const oldest = this.#batches.keys().next().value;
    if (oldest !== undefined && info.batchTime < oldest && info.outcome !== undefined) return;
    const batch = new KeptBatch(info, this.#nameOf);
    this.#batches.set(info.batchTime, batch);
    if (!batch.isCompleted) this.#unfinished.add(batch);
    this.#bytes += batch.bytes;
  }

  /** Takes the event of an output operation. */
  takeOutput(operation: OutputOperationInfo, hasEnded: boolean): void {
    const batch = this.#batches.get(operation.batchTime);
    if (batch !== undefined) this.#change(batch, () => batch.updateOutput(operation, hasEnded));
  }

  /** Drops the oldest batches above 1,000 and above the bytes; the newest batch stays in any case. */
  trim(maxBytes: number): void {
    for (const [batchTime, batch] of this.#batches) {
      if (this.#batches.size <= 1) return;
      if (this.#batches.size <= BATCHES_MAX && this.#bytes <= maxBytes) return;
      this.#batches.delete(batchTime);
      this.#unfinished.delete(batch);
      this.#bytes -= batch.bytes;
    }
  }

  /** The batches that are not completed, in the order of their submission. */
  unfinished(): readonly KeptBatch[] {
    return [...this.#unfinished];
  }

  /** The batches of a question, newest first. */
  query(query: BatchQuery, isHeld: (batch: KeptBatch) => boolean, intervalMs: number): ObservedBatches {
    const { after = Number.NEGATIVE_INFINITY, before = Number.POSITIVE_INFINITY, filter } = query;
    const limit = limitOf(query.limit);
    const batches: ObservedBatch[] = [];
    for (const kept of [...this.#batches.values()].toReversed()) {
      if (kept.batchTime <= after || kept.batchTime >= before) continue;
      const batch = kept.toObserved(isHeld(kept));
      if (filter !== undefined && !FILTERS[filter](batch, intervalMs)) continue;
      if (batches.length === limit) return { schema: 1, batches, hasMore: true };
      batches.push(batch);
    }
    return { schema: 1, batches, hasMore: false };
  }

  #change(batch: KeptBatch, change: () => void): void {
    this.#bytes -= batch.bytes;
    change();
    this.#bytes += batch.bytes;
  }
}

const FILTERS: Readonly<
  Record<NonNullable<BatchQuery['filter']>, (batch: ObservedBatch, intervalMs: number) => boolean>
> = {
  failed: ({ state, outputs }) =>
    state === 'failed' ||
    state === 'skipped' ||
    state === 'held' ||
    outputs.some(({ attempts, error }) => attempts > 1 || error !== undefined),
  slow: ({ processingDelayMs = 0 }, intervalMs) => intervalMs > 0 && processingDelayMs > intervalMs,
  're-run': ({ isRerun }) => isRerun,
};

function limitOf(limit: number | undefined): number {
  if (limit === undefined || Number.isNaN(limit)) return BATCHES_IN_ANSWER;
  return Math.min(BATCHES_MAX, Math.max(1, Math.floor(limit)));
}
