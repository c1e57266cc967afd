// A first view of an engine's health, in its log: with every completed batch, the distribution of delays over the last
// batches.
import type { BatchInfo, Logger, StreamingEvents, StreamingListener } from '@millrace/core';

/** The distribution of values, each in milliseconds. */
export interface DelayDistribution {
  readonly min: number;
  readonly p25: number;
  readonly p50: number;
  readonly p75: number;
  readonly p90: number;
  readonly p95: number;
  readonly max: number;
}

/** The collaborators and options of the listener. */
export interface StatsReportListenerDeps {
  readonly log: Logger;
  /** The number of batches to look back on, from 1 up. Default 10. */
  readonly batchCount?: number;
}

/** Logs the distributions of total delay and processing delay over the last batches, with each completed batch. */
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

/** The distribution of the defined values, by nearest rank; undefined when there is no value. */
function distributionOf(values: readonly (number | undefined)[]): DelayDistribution | undefined {
  const sorted = values.filter((value) => value !== undefined).sort((a, b) => a - b);
  if (sorted.length === 0) return undefined;
  const at = (quantile: number) => sorted[Math.max(0, Math.ceil(quantile * sorted.length) - 1)] ?? 0;
  return { min: at(0), p25: at(0.25), p50: at(0.5), p75: at(0.75), p90: at(0.9), p95: at(0.95), max: at(1) };
}
