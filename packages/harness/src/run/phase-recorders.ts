// Where the time of a record goes, phase by phase:
//
//   intended ─receive─► stored ─block─► block cut and pushed ─store─► durable … batch time ─schedule─► ─process─► ─output─►
//   └────────────────────────────────────────── total: until its batch is done ────────────────────────────────────────┘
import { LatencyRecorder, type LatencySummary, type PercentilePoint } from '../latency/latency-recorder.ts';

/** The phases. The first two and `total` are of records, `store` of blocks, the others of batches. */
export const PHASES = ['receive', 'block', 'store', 'schedule', 'process', 'output', 'total'] as const;

/** One of them. */
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

  /** Records a delay of a phase, as often as it happened. */
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
