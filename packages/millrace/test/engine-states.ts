// States of imagined engines, complete and valid.
import type {
  EngineState,
  Finding,
  ObservedBatch,
  ObservedInput,
  ObservedOutput,
  Timeline,
  Verdict,
} from '@millrace/observe';

/** The time of the states: 2026-11-30, 12:03:17 UTC. */
export const NOW_MS = Date.UTC(2026, 10, 30, 12, 3, 17);

const QUANTILES = { p50: 380, p95: 420, p99: 440, max: 510 };
const TIMELINE: Timeline = {
  timeMs: [],
  batches: [],
  failed: [],
  recordsPerSecond: [],
  schedulingMs: [],
  processingMs: [],
  totalMs: [],
  maxTotalMs: [],
  rateLimit: [],
  inputs: [],
};

/** A finding of the rules. */
export function anyFinding(differences: Partial<Finding> = {}): Finding {
  return {
    rule: 'keeping-up',
    level: 'good',
    words: 'Keeping up: batches take 38 % of their interval; a record waits 0.7 s.',
    sinceMs: NOW_MS - 60_000,
    ...differences,
  };
}

/** The verdict of a level. */
export function anyVerdict(differences: Partial<Verdict> = {}): Verdict {
  return { ...anyFinding(), others: [], ...differences };
}

/** An engine that falls behind, in the words of its rule. */
export const BEHIND: Verdict = anyVerdict({
  rule: 'falling-behind',
  level: 'behind',
  words:
    'Falling behind since 12:02: batches take 1.3 × their interval. Output `write` has 82 % of it; receiver `kafka orders [0]` brings 91 % of the records. Add an executor, lower `receiving.maxRate`, or raise the interval to 2 s.',
  others: [
    anyFinding({ rule: 'old-checkpoint', level: 'warning', words: 'The last checkpoint is 12 min old.' }),
  ],
});

/** A receiver that runs. */
export function anyInput(differences: Partial<ObservedInput> = {}): ObservedInput {
  return {
    streamId: 0,
    name: 'kafka orders [0]',
    isReceiver: true,
    state: 'active',
    host: 'localhost',
    executorId: 'local-0',
    recordsPerSecond: 4_200,
    bytesPerSecond: 420_000,
    records: 1_200_000,
    bytes: 120_000_000,
    blocks: 6_000,
    rateLimit: 4_200,
    rateLimitCause: 'estimate',
    waitingRecords: 840,
    waitingBlocks: 4,
    waitingBytes: 84_000,
    unacknowledgedRecords: 12,
    lagRecords: 38_000,
    lagGrowth: 300,
    leftOutRecords: 0,
    restarts: 0,
    recentRestarts: 0,
    errors: 0,
    ...differences,
  };
}

/** An output operation. */
export function anyOutput(differences: Partial<ObservedOutput> = {}): ObservedOutput {
  return {
    id: 0,
    name: 'foreachPartition at 3-write',
    durationMs: QUANTILES,
    share: 0.82,
    retries: 0,
    failures: 0,
    ...differences,
  };
}

/** A batch that succeeded. */
export function anyObservedBatch(differences: Partial<ObservedBatch> = {}): ObservedBatch {
  const { batchTime = NOW_MS - 1_000 } = differences;
  return {
    batchTime,
    state: 'succeeded',
    isRerun: false,
    recordCount: 4_200,
    sizeBytes: 420_000,
    submissionMs: batchTime + 2,
    processingStartMs: batchTime + 2,
    processingEndMs: batchTime + 382,
    schedulingDelayMs: 0,
    processingDelayMs: 380,
    totalDelayMs: 382,
    phases: { generatorLagMs: 0.5, allocateMs: 1, generateMs: 0.5, queueMs: 0, processMs: 380 },
    inputs: [
      { streamId: 0, name: 'kafka orders [0]', recordCount: 4_200, sizeBytes: 420_000, blockCount: 5 },
    ],
    outputs: [
      {
        id: 0,
        name: 'foreachPartition at 3-write',
        startMs: batchTime + 2,
        endMs: batchTime + 382,
        attempts: 1,
      },
    ],
    recordErrors: 0,
    deadLetters: 0,
    ...differences,
  };
}

/** An engine that keeps up. */
export function anyEngineState(differences: Partial<EngineState> = {}): EngineState {
  return {
    schema: 1,
    application: 'orders',
    state: 'active',
    timeMs: NOW_MS,
    startedMs: NOW_MS - 7_980_000,
    batchIntervalMs: 1_000,
    verdict: anyVerdict(),
    totals: {
      batches: 7_980,
      failedBatches: 0,
      rerunBatches: 0,
      records: 1_200_000,
      bytes: 120_000_000,
      leftOutRecords: 0,
      lateRecords: 0,
      aheadRecords: 0,
      recordErrors: 0,
      deadLetters: 0,
      skippedBatches: 0,
    },
    lastCompletedBatch: NOW_MS - 1_000,
    batches: { queued: 1, notMade: 0, held: [], oldestDelayMs: 17, unallocatedRecords: 0 },
    delays: { scheduling: { p50: 0, p95: 1, p99: 2, max: 12 }, processing: QUANTILES, total: QUANTILES },
    inputs: [anyInput()],
    outputs: [anyOutput()],
    phases: { generatorLagMs: 0, allocateMs: 1, generateMs: 1, queueMs: 0, processMs: 380 },
    executors: [],
    driver: { cores: 0.42 },
    watermarks: [],
    states: [],
    graph: [],
    droppedEvents: 0,
    timelines: { recent: TIMELINE, day: TIMELINE },
    ...differences,
  };
}
