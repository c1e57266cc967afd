// Events of a batch as the engine publishes them, for tests without an engine.
import type { BatchInfo, OutputOperationInfo, StreamInputInfo } from '@millrace/core';

/** Any wall time from which tests begin. */
export const BEGUN_MS = 1_700_000_000_000;

/** An input of one record. */
export function anyInput(differences: Partial<StreamInputInfo> = {}): StreamInputInfo {
  return {
    streamId: 0,
    streamName: 'orders [0]',
    recordCount: 1,
    sizeBytes: 10,
    blockCount: 1,
    metadata: {},
    ...differences,
  };
}

/** A batch at its end: due at `batchTime`, submitted after 10 ms, run from 15 to 40 ms. */
export function anyBatch(differences: Partial<BatchInfo> = {}): BatchInfo {
  const { batchTime = BEGUN_MS } = differences;
  return {
    batchTime,
    inputs: new Map(),
    recordCount: 1,
    submissionMs: batchTime + 10,
    processingStartMs: batchTime + 15,
    processingEndMs: batchTime + 40,
    schedulingDelayMs: 5,
    processingDelayMs: 25,
    totalDelayMs: 40,
    phases: { generatorLagMs: 4, allocateMs: 3, generateMs: 3, queueMs: 5, processMs: 25 },
    outputOperations: [],
    isRerun: false,
    outcome: 'succeeded',
    ...differences,
  };
}

/** An output operation at its end, run from 15 to 40 ms after the batch time. */
export function anyOperation(differences: Partial<OutputOperationInfo> = {}): OutputOperationInfo {
  const { batchTime = BEGUN_MS } = differences;
  return {
    batchTime,
    id: 0,
    name: 'foreachRDD at 0-orders',
    startMs: batchTime + 15,
    endMs: batchTime + 40,
    attempts: 1,
    ...differences,
  };
}

/** A text for the header `traceparent`; traces with different numbers differ. */
export function traceparent(trace: number, span = 1): string {
  return `00-${trace.toString(16).padStart(32, '0')}-${span.toString(16).padStart(16, '0')}-01`;
}
