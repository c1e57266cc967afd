// The state of an observed engine as plain data: the answer of `api/v1/state` of the dashboard, and the input of pages,
// commands and other tools. Within version 1 fields are only added. Times are wall milliseconds of the engine's clock,
// durations milliseconds, sizes bytes. An absent field means: not known, or there is none.
import type { BatchTime } from '@millrace/core';
import type { LeaseReading, LogGauges, LoopDelay, ProgramNode } from '@millrace/core/observation';
import type { Timelines } from './timelines.ts';
import type { Verdict } from './verdict.ts';

/** The version of the schema, in every answer. */
export const SCHEMA_VERSION = 1;

/** The middle, the slow end and the slowest of some durations, in milliseconds. */
export interface Quantiles {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

/** Amounts since the start of the observed engine. */
export interface ObservedTotals {
  readonly batches: number;
  /** Batches that failed for good, skipped ones included. */
  readonly failedBatches: number;
  readonly rerunBatches: number;
  readonly records: number;
  readonly bytes: number;
  readonly leftOutRecords: number;
  readonly lateRecords: number;
  readonly aheadRecords: number;
  readonly recordErrors: number;
  readonly deadLetters: number;
  /** Batch times that were skipped, see `batch-times:adjusted`. */
  readonly skippedBatches: number;
}

/** A receiver, or another input of the program. */
export interface ObservedInput {
  readonly streamId: number;
  readonly name: string;
  /** True for a receiver; false for files, queues and other inputs, which have no further state. */
  readonly isReceiver: boolean;
  readonly state: 'starting' | 'active' | 'restarting' | 'failed' | 'stopped';
  readonly host?: string;
  readonly executorId?: string;
  /** Records per second and bytes per second over the newest batches, at most 20. */
  readonly recordsPerSecond: number;
  readonly bytesPerSecond: number;
  readonly records: number;
  readonly bytes: number;
  readonly blocks: number;
  /** The limit on the rate, in records per second, and the reason for the limit. */
  readonly rateLimit?: number;
  readonly rateLimitCause?: 'initial' | 'estimate' | 'overdue-batch';
  readonly waitingRecords: number;
  readonly waitingBlocks: number;
  readonly waitingBytes: number;
  readonly unacknowledgedRecords: number;
  readonly lagRecords?: number;
  /** The growth of the lag, in records per second over the newest minute; negative: the lag shrinks. */
  readonly lagGrowth?: number;
  readonly redeliveredRecords?: number;
  readonly droppedRecords?: number;
  readonly leftOutRecords: number;
  readonly restarts: number;
  /** Restarts in the newest two minutes. */
  readonly recentRestarts: number;
  readonly errors: number;
  readonly lastError?: { readonly message: string; readonly timeMs: number; readonly code?: string };
}

/** An output operation of the program, over the newest batches, at most 20. */
export interface ObservedOutput {
  readonly id: number;
  readonly name: string;
  readonly durationMs: Quantiles;
  /** The part of the processing time of these batches, from 0 to 1. */
  readonly share: number;
  readonly retries: number;
  readonly failures: number;
  readonly lastError?: { readonly message: string; readonly batchTime: BatchTime };
}

/** The mean duration of each phase over the newest batches, at most 20. */
export interface ObservedPhases {
  readonly generatorLagMs: number;
  readonly allocateMs: number;
  readonly generateMs: number;
  readonly queueMs: number;
  readonly processMs: number;
}

/** An executor. */
export interface ObservedExecutor {
  readonly executorId: string;
  readonly host: string;
  readonly cores: number;
  readonly isDriverThread: boolean;
  readonly runningTasks: number;
  readonly completedTasks: number;
  readonly receivers: number;
  readonly blocks: number;
  readonly blockBytes: number;
  readonly maxBlockBytes: number;
  readonly log?: LogGauges;
  readonly loopDelay?: LoopDelay;
  readonly heapUsedBytes?: number;
  readonly heapLimitBytes?: number;
  readonly residentBytes?: number;
}

/** A host of executors. */
export interface ObservedHost {
  readonly name: string;
  /** `lost`: the last executor of the host was lost, and no executor runs there. */
  readonly state: 'alive' | 'lost';
  readonly executors: number;
  /** The tasks that the host can run at once. */
  readonly slots: number;
  readonly runningTasks: number;
  readonly receivers: number;
  /** The time since the newest answer of an executor of the host; absent: no answer so far. */
  readonly answerAgeMs?: number;
  /** The loss of a lost host. */
  readonly lost?: { readonly reason: string; readonly timeMs: number };
}

/** The checkpoints of the engine. */
export interface ObservedCheckpoints {
  /** The time at which the newest checkpoint was written; absent: none yet. */
  readonly lastMs?: number;
  readonly lastBatchTime?: BatchTime;
  readonly durationMs?: number;
  readonly sizeBytes?: number;
  readonly completed: number;
  readonly failures: number;
  readonly failuresInARow: number;
  readonly lastError?: string;
}

/** Everything about an observed engine at one moment. */
export interface EngineState {
  readonly schema: typeof SCHEMA_VERSION;
  readonly application: string;
  readonly state: 'initialized' | 'standby' | 'starting' | 'active' | 'stopping' | 'stopped';
  readonly timeMs: number;
  /** The start of the context; absent before. */
  readonly startedMs?: number;
  readonly batchIntervalMs: number;
  readonly verdict: Verdict;
  /** The time zone of the times in the words of the verdict, for instance `Europe/Berlin`. */
  readonly timeZone?: string;
  readonly totals: ObservedTotals;
  /** The newest batch that was completed. */
  readonly lastCompletedBatch?: BatchTime;
  readonly batches: {
    readonly queued: number;
    readonly notMade: number;
    readonly held: readonly BatchTime[];
    readonly oldestDelayMs: number;
    readonly unallocatedRecords: number;
  };
  /** Over the newest 1,000 batches. */
  readonly delays: {
    readonly scheduling: Quantiles;
    readonly processing: Quantiles;
    readonly total: Quantiles;
  };
  readonly inputs: readonly ObservedInput[];
  /** The slowest first. */
  readonly outputs: readonly ObservedOutput[];
  readonly phases: ObservedPhases;
  readonly executors: readonly ObservedExecutor[];
  readonly driver: {
    readonly loopDelay?: LoopDelay;
    readonly heapUsedBytes?: number;
    readonly heapLimitBytes?: number;
    readonly residentBytes?: number;
    /** Processor time of the process over the newest seconds, in cores: 1 is one full core. */
    readonly cores?: number;
  };
  /** The lease of the application; absent: there is none. */
  readonly lease?: LeaseReading;
  /** Hosts with executors, and then lost hosts; absent while all executors run on the host of the driver. */
  readonly hosts?: readonly ObservedHost[];
  readonly checkpoints?: ObservedCheckpoints;
  /** The log of the driver's decisions. */
  readonly log?: LogGauges;
  /** The least time until a log has no room, by the growth of the newest minutes, in milliseconds. */
  readonly logFullInMs?: number;
  readonly watermarks: readonly {
    readonly stream: string;
    readonly watermarkMs: number;
    readonly lagMs: number;
  }[];
  readonly states: readonly {
    readonly operator: string;
    readonly keys: number;
    readonly sizeBytes?: number;
  }[];
  readonly graph: readonly ProgramNode[];
  readonly droppedEvents: number;
  /** The error that stops the engine. */
  readonly failure?: { readonly message: string; readonly code?: string; readonly timeMs: number };
  readonly timelines: Timelines;
}
