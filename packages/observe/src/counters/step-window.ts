// The newest batches in steps, for rates and for the verdict: one step a batch, and at short intervals one step for all
// batches of 250 ms, so that one pause of the process is one step and not the whole window.
import type { BatchInfo, BatchTime } from '@millrace/core';
import { POINT_WIDTH_MS } from '../history/timeline-history.ts';

/** The number of steps in the window. */
export const WINDOW_STEPS = 20;

/** Some completed batches in a row. Durations are means of these batches, in milliseconds. */
export interface BatchStep {
  /** Numbered from 0 without gaps. */
  readonly number: number;
  /** The newest batch of the step. */
  readonly batchTime: BatchTime;
  readonly batches: number;
  readonly records: number;
  readonly processingMs: number;
  /** The wait of a batch before its processing: generator lag and queue. */
  readonly waitMs: number;
  readonly totalMs: number;
  /** The sum of the intervals of the batches. */
  readonly spanMs: number;
}

type MutableStep = { -readonly [K in keyof BatchStep]: BatchStep[K] };

/** The newest steps. */
export class StepWindow {
  #steps: MutableStep[] = [];
  #next = 0;

  /** The steps, oldest first, the one that still grows included. */
  get steps(): readonly BatchStep[] {
    return this.#steps;
  }

  /** The time of all batches in the window, in seconds; 0 while the interval is unknown. */
  get seconds(): number {
    return this.#steps.reduce((sum, { spanMs }) => sum + spanMs, 0) / 1_000;
  }

  /** Adds a completed batch. Returns the step of the batch and whether the step is new. */
  add(batch: BatchInfo, intervalMs: number): { readonly number: number; readonly isNew: boolean } {
    const { generatorLagMs, queueMs, processMs } = batch.phases;
    const { processingDelayMs = processMs, totalDelayMs = 0 } = batch;
    const open = this.#steps.at(-1);
    if (open === undefined || open.spanMs === 0 || open.spanMs + intervalMs / 2 >= POINT_WIDTH_MS) {
      const number = this.#next;
      this.#next += 1;
      this.#steps.push({
        number,
        batchTime: batch.batchTime,
        batches: 1,
        records: batch.recordCount,
        processingMs: processingDelayMs,
        waitMs: generatorLagMs + queueMs,
        totalMs: totalDelayMs,
        spanMs: intervalMs,
      });
      if (this.#steps.length > WINDOW_STEPS) this.#steps.shift();
      return { number, isNew: true };
    }
    const before = open.batches;
    const mean = (old: number, value: number): number => (old * before + value) / (before + 1);
    open.batches += 1;
    open.batchTime = Math.max(open.batchTime, batch.batchTime);
    open.records += batch.recordCount;
    open.processingMs = mean(open.processingMs, processingDelayMs);
    open.waitMs = mean(open.waitMs, generatorLagMs + queueMs);
    open.totalMs = mean(open.totalMs, totalDelayMs);
    open.spanMs += intervalMs;
    return { number: open.number, isNew: false };
  }
}
