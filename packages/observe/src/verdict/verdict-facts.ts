// The facts from which the rules of the verdict judge: plain data, so that each rule is a pure function.
import type { BatchTime } from '@millrace/core';
import type { LeaseReading } from '@millrace/core/observation';
import type { BatchStep } from '../counters/step-window.ts';
import type { LogRoom } from '../counters/gauge-reader.ts';
import type { EngineState, ObservedInput, ObservedOutput, ObservedPhases } from '../schema/engine-state.ts';

/** A batch that waits for `retryHeldBatch()`. */
export interface HeldBatch {
  readonly batchTime: BatchTime;
  /** The output that failed; absent: the making of the jobs failed, or the history no longer has the batch. */
  readonly output?: { readonly id: number; readonly name: string; readonly message: string };
}

/** An input of the program. Lengths of time are milliseconds. */
export interface InputFacts {
  readonly name: string;
  readonly isReceiver: boolean;
  readonly state: ObservedInput['state'];
  /** Absent: the receiver is active, or the input is no receiver. */
  readonly inactiveForMs?: number;
  readonly activeForMs?: number;
  /** True for a receiver that has ended with an error while the engine goes on. */
  readonly endedByError?: boolean;
  readonly recentRestarts: number;
  readonly lastError?: string;
  /** Records of the window of steps, and records per second. */
  readonly records: number;
  readonly recordsPerSecond: number;
  readonly rateLimit?: number;
  readonly rateLimitCause?: ObservedInput['rateLimitCause'];
  readonly lagGrowth?: number;
}

/** Records in the newest two minutes. */
export interface RecentRecords {
  readonly records: number;
  readonly leftOut: number;
  readonly failed: number;
  readonly deadLetters: number;
  readonly late: number;
  readonly ahead: number;
  /** The newest failure of records. */
  readonly lastFailure?: { readonly stream: string; readonly operator: string; readonly reason: string };
  /** The newest reason of left-out records. */
  readonly lastLeftOut?: { readonly name: string; readonly reason: string };
}

/** An executor. */
export interface ExecutorFacts {
  readonly executorId: string;
  readonly host: string;
  readonly cores: number;
}

/** Everything that the rules know. Absent: not known. */
export interface VerdictFacts {
  /** Wall milliseconds. */
  readonly timeMs: number;
  /** For times in words; absent: the zone of the process. */
  readonly timeZone?: string;
  readonly state: EngineState['state'];
  /** 0: not known. */
  readonly batchIntervalMs: number;
  readonly totalBatches: number;
  readonly totalRecords: number;
  readonly held: readonly HeldBatch[];
  readonly failure?: { readonly message: string; readonly code?: string };
  readonly inputs: readonly InputFacts[];
  /** The newest steps, oldest first, at most 20. */
  readonly steps: readonly BatchStep[];
  readonly outputs: readonly Pick<ObservedOutput, 'id' | 'name' | 'share'>[];
  readonly phases: ObservedPhases;
  /** Batches that were made and are not done. */
  readonly queued: number;
  /** The oldest of these. */
  readonly oldestUnfinished?: BatchTime;
  /** The time since a batch was completed, or since the start. */
  readonly sinceCompletedMs: number;
  readonly checkpointAgeMs?: number;
  readonly checkpointUsualMs?: number;
  readonly checkpointFailuresInARow: number;
  readonly checkpointError?: string;
  readonly logRoom?: LogRoom;
  /** The middle of the newest p95 of the driver's loop delay. */
  readonly loopDelayMs?: number;
  /** Processor time of the driver's process, in cores. */
  readonly cores?: number;
  readonly executors: readonly ExecutorFacts[];
  readonly executorLoss?: {
    readonly executorId: string;
    readonly host: string;
    readonly reason: string;
    readonly agoMs: number;
    /** The executors now. */
    readonly executorCount: number;
  };
  /** Absent: there is no lease. */
  readonly lease?: LeaseReading;
  /** The newest loss of a host that has no executor now; absent while all executors run on one host. */
  readonly hostLoss?: {
    readonly host: string;
    readonly reason: string;
    readonly agoMs: number;
    /** The hosts with executors now. */
    readonly hostCount: number;
  };
  readonly recent: RecentRecords;
  /** Events that the observer missed in the newest two minutes. */
  readonly recentDroppedEvents: number;
}
