// A first look at how an engine is doing, in its log: with every batch, how the delays of the last ones are spread.
import type { BatchInfo, Logger, StreamingEvents, StreamingListener } from '@millrace/core';

/** How values are spread, each in milliseconds. */
export interface DelayDistribution {
  readonly min: number;
  readonly p25: number;
  readonly p50: number;
  readonly p75: number;
  readonly p90: number;
  readonly p95: number;
  readonly max: number;
}

/** What the listener is made with. */
export interface StatsReportListenerDeps {
  readonly log: Logger;
  /** How many batches it looks back, from 1 up. Default 10. */
  readonly batchCount?: number;
}

/** Logs the distributions of total delay and processing delay over the last batches, with each that completes. */
export class StatsReportListener implements StreamingListener {
  readonly #log: Logger;
  readonly #batchCount: number;
  #batches: BatchInfo[] = [];

  constructor(deps: StatsReportListenerDeps) {
    this.#log = deps.log;
    this.#batchCount = deps.batchCount ?? 10;
    if (!Number.isSafeInteger(this.#batchCount) || this.#batchCount < 1) {
      throw new RangeError(`expected batchCount to be a whole number from 1 up, got ${this.#batchCount}`);
    }
  }

  onEvent<K extends keyof StreamingEvents>(event: K, value: StreamingEvents[K]): void {
    if (event === 'batch:completed' && 'batch' in value) this.#report(value.batch);
  }

  #report(batch: BatchInfo): void {
    this.#batches = [...this.#batches, batch].slice(-this.#batchCount);
    this.#log.info('delays of the last batches', {
      batches: this.#batches.length,
      totalDelayMs: distributionOf(this.#batches.map((one) => one.totalDelayMs)),
      processingDelayMs: distributionOf(this.#batches.map((one) => one.processingDelayMs)),
    });
  }
}

/** The distribution of the values that are there, by nearest rank; undefined when none is. */
function distributionOf(values: readonly (number | undefined)[]): DelayDistribution | undefined {
  const sorted = values.filter((value) => value !== undefined).sort((a, b) => a - b);
  if (sorted.length === 0) return undefined;
  const at = (quantile: number) => sorted[Math.max(0, Math.ceil(quantile * sorted.length) - 1)] ?? 0;
  return { min: at(0), p25: at(0.25), p50: at(0.5), p75: at(0.75), p90: at(0.9), p95: at(0.95), max: at(1) };
}
