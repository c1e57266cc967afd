// The result of a run, as data.
import type { ProcessCost } from './process-meter.ts';
import type { Phase, PhaseReport } from './phase-recorders.ts';
import type { ResolvedWorkload } from './workload-config.ts';

/** A batch on the time line. */
export interface BatchPoint {
  /** Seconds since the start of the measurement. */
  readonly atSeconds: number;
  readonly records: number;
  readonly schedulingMs: number;
  readonly processingMs: number;
  /** From the batch time to the end of the batch. */
  readonly totalMs: number;
}

/** A moment of the measurement. Rates and delays cover the time since the moment before. */
export interface MomentPoint {
  /** Seconds since the start of the measurement. */
  readonly atSeconds: number;
  readonly blocksPerSecond: number;
  /** Stored records. */
  readonly recordsPerSecond: number;
  /** The used heap of the driver's thread. */
  readonly heapBytes: number;
  /** The longest delay of the event loop of the driver's thread. */
  readonly eventLoopDelayMs: number;
  /** The sum of the rate limits of all receivers; absent: no limit is known. */
  readonly limitPerSecond?: number;
}

/** The requested options of a run, as far as they are serializable. */
export type AskedWorkload = Pick<
  ResolvedWorkload,
  'name' | 'batchIntervalMs' | 'load' | 'durationMs' | 'warmUpMs'
> & {
  /** The place of receivers and tasks; absent in reports of earlier versions. */
  readonly master?: string;
  /** The names of one's own receivers; absent: the records come from `load`. */
  readonly receivers?: readonly string[];
};

/** A run. */
export interface WorkloadReport {
  /** The version of this format. */
  readonly format: 1;
  readonly asked: AskedWorkload;
  /** The plugins of the engine. */
  readonly engine: string;
  readonly machine: string;
  readonly node: string;
  readonly startedAt: string;
  /** True for a run that was ended early; the report then covers the measured part. */
  readonly wasInterrupted: boolean;
  /** The length of the measurement, in milliseconds. */
  readonly measuredMs: number;
  readonly throughput: {
    /** Records intended to be sent and records stored during the measurement; per second. */
    readonly intendedPerSecond: number;
    readonly storedPerSecond: number;
    readonly blocksPerSecond: number;
    readonly bytesPerSecond: number;
    /** Records of completed batches, per second. */
    readonly processedPerSecond: number;
  };
  /** From the first record to the last, including the warm-up. */
  readonly records: {
    readonly sent: number;
    readonly processed: number;
    /** Sent records missing from all batches after a graceful stop. Must be 0. */
    readonly lost: number;
    /** Repeated records: failed receivers send unacknowledged records again. */
    readonly repeated: number;
  };
  readonly batches: { readonly completed: number; readonly failed: number; readonly late: number };
  /** The number of requested receiver failures, and the receiver errors reported by the engine. */
  readonly failures: number;
  readonly receiverErrors: number;
  readonly phases: Readonly<Record<Phase, PhaseReport>>;
  readonly cost: ProcessCost;
  /** Data left behind by the stop, in words. */
  readonly stop: string;
  readonly timeLine: readonly BatchPoint[];
  /** At most some hundred moments, at equal distances; absent in reports of earlier versions. */
  readonly moments?: readonly MomentPoint[];
}
