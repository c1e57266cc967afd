// What a run brought, as data.
import type { ProcessCost } from './process-meter.ts';
import type { Phase, PhaseReport } from './phase-recorders.ts';
import type { ResolvedWorkload } from './workload-config.ts';

/** A batch on the time line. */
export interface BatchPoint {
  /** Seconds after the measuring began. */
  readonly atSeconds: number;
  readonly records: number;
  readonly schedulingMs: number;
  readonly processingMs: number;
  /** From the batch time to its end. */
  readonly totalMs: number;
}

/** What a run was asked for, as far as it can be written down. */
export type AskedWorkload = Pick<
  ResolvedWorkload,
  'name' | 'batchIntervalMs' | 'load' | 'durationMs' | 'warmUpMs'
>;

/** A run. */
export interface WorkloadReport {
  /** The version of this format. */
  readonly format: 1;
  readonly asked: AskedWorkload;
  /** What the engine was made of. */
  readonly engine: string;
  readonly machine: string;
  readonly node: string;
  readonly startedAt: string;
  /** True when somebody ended it early; it then tells of what was measured until then. */
  readonly wasInterrupted: boolean;
  /** How long was measured, in milliseconds. */
  readonly measuredMs: number;
  readonly throughput: {
    /** What was meant to be sent, and what was stored, while it was measured; per second. */
    readonly intendedPerSecond: number;
    readonly storedPerSecond: number;
    readonly blocksPerSecond: number;
    readonly bytesPerSecond: number;
    /** What batches were done with, per second. */
    readonly processedPerSecond: number;
  };
  /** From the first record to the last, warming up included. */
  readonly records: {
    readonly sent: number;
    readonly processed: number;
    /** Sent and never seen in a batch, although the engine stopped gracefully. Must be 0. */
    readonly lost: number;
    /** Seen again: receivers that failed send what was not acknowledged once more. */
    readonly repeated: number;
  };
  readonly batches: { readonly completed: number; readonly failed: number; readonly late: number };
  /** How often receivers failed because they were told to, and what the engine reported as their errors. */
  readonly failures: number;
  readonly receiverErrors: number;
  readonly phases: Readonly<Record<Phase, PhaseReport>>;
  readonly cost: ProcessCost;
  /** What the stop left behind, in words. */
  readonly stop: string;
  readonly timeLine: readonly BatchPoint[];
}
