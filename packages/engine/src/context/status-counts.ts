// The amounts of a status, counted from the engine's own events before the events leave the engine: a listener that is
// behind, or dropped events, change no count.
import type { BatchTime, StreamingEvents } from '@millrace/core';
import type { StatusTotals } from './engine-status.ts';

/** Counts events. */
export class StatusCounts {
  #batches = 0;
  #failedBatches = 0;
  #records = 0;
  #leftOutRecords = 0;
  #lateRecords = 0;
  #aheadRecords = 0;
  #recordErrors = 0;
  #deadLetters = 0;
  #lastCompleted: BatchTime | undefined;

  /** Counts an event; most events change nothing. */
  count<K extends keyof StreamingEvents>(event: K, value: StreamingEvents[K]): void {
    if (event === 'batch:completed') this.#batch(value as StreamingEvents['batch:completed']);
    else if (event === 'records:left-out')
      this.#leftOutRecords += (value as StreamingEvents['records:left-out']).leftOut.recordCount;
    else if (event === 'records:late')
      this.#lateRecords += (value as StreamingEvents['records:late']).late.recordCount;
    else if (event === 'records:ahead')
      this.#aheadRecords += (value as StreamingEvents['records:ahead']).ahead.recordCount;
  }

  get totals(): StatusTotals {
    return {
      batches: this.#batches,
      failedBatches: this.#failedBatches,
      records: this.#records,
      leftOutRecords: this.#leftOutRecords,
      lateRecords: this.#lateRecords,
      aheadRecords: this.#aheadRecords,
      recordErrors: this.#recordErrors,
      deadLetters: this.#deadLetters,
    };
  }

  /** The batch that was completed last; undefined: none. */
  get lastCompletedBatch(): BatchTime | undefined {
    return this.#lastCompleted;
  }

  #batch({ batch }: StreamingEvents['batch:completed']): void {
    this.#batches += 1;
    if (batch.outcome === 'failed' || batch.outcome === 'skipped') this.#failedBatches += 1;
    this.#records += batch.recordCount;
    this.#recordErrors += batch.recordErrors ?? 0;
    this.#deadLetters += batch.deadLetters ?? 0;
    this.#lastCompleted = batch.batchTime;
  }
}
