// The delay of records by phase:
//
//   intended ─receive─► stored ─block─► block cut and pushed ─store─► durable … batch time ─schedule─► ─process─► ─output─►
//   └────────────────────────────────────── total: until the end of the record's batch ────────────────────────────────┘
import { LatencyRecorder, type LatencySummary, type PercentilePoint } from '../latency/latency-recorder.ts';

/** The phases. The first two and `total` concern records, `store` blocks, all other phases batches. */
export const PHASES = ['receive', 'block', 'store', 'schedule', 'process', 'output', 'total'] as const;

/** One phase. */
export type Phase = (typeof PHASES)[number];

/** A phase in a report. */
export interface PhaseReport extends LatencySummary {
  readonly curve: readonly PercentilePoint[];
}

/** A recorder for each phase. */
export class PhaseRecorders {
  readonly #recorders = new Map<Phase, LatencyRecorder>(
    PHASES.map((phase) => [phase, new LatencyRecorder()]),
  );

  /** Records a delay of a phase with a number of occurrences. */
  record(phase: Phase, delayMs: number, times = 1): void {
    this.#recorders.get(phase)?.record(delayMs, times);
  }

  /** All phases. */
  report(): Record<Phase, PhaseReport> {
    const reports = [...this.#recorders].map(([phase, recorder]) => [
      phase,
      { ...recorder.summary(), curve: recorder.curve() },
    ]);
    return Object.fromEntries(reports) as Record<Phase, PhaseReport>;
  }
}
