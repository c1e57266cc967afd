// One batch in whole, for lists of batches and the page of a batch: the answer of `api/v1/batches` and
// `api/v1/batches/TIME`.
import type { BatchTime } from '@millrace/core';

/** A batch that was submitted, and is completed or not. */
export interface ObservedBatch {
  readonly batchTime: BatchTime;
  readonly state: 'queued' | 'running' | 'held' | 'succeeded' | 'failed' | 'skipped';
  readonly isRerun: boolean;
  readonly recordCount: number;
  readonly sizeBytes: number;
  readonly submissionMs: number;
  readonly processingStartMs?: number;
  readonly processingEndMs?: number;
  readonly schedulingDelayMs?: number;
  readonly processingDelayMs?: number;
  readonly totalDelayMs?: number;
  readonly phases: {
    readonly generatorLagMs: number;
    readonly allocateMs: number;
    readonly generateMs: number;
    readonly queueMs: number;
    readonly processMs: number;
  };
  readonly inputs: readonly {
    readonly streamId: number;
    readonly name: string;
    readonly recordCount: number;
    readonly sizeBytes: number;
    readonly blockCount: number;
    /** For people, at most 1 KiB. */
    readonly description?: string;
  }[];
  readonly outputs: readonly {
    readonly id: number;
    readonly name: string;
    readonly startMs?: number;
    readonly endMs?: number;
    readonly attempts: number;
    /** At most 4 KiB of text. */
    readonly error?: { readonly message: string; readonly code?: string; readonly stack?: string };
  }[];
  readonly recordErrors: number;
  readonly deadLetters: number;
}

/** A list of batches, newest first. */
export interface ObservedBatches {
  readonly schema: 1;
  readonly batches: readonly ObservedBatch[];
  /** True: older batches are kept and were left off by the bound of the answer. */
  readonly hasMore: boolean;
}
