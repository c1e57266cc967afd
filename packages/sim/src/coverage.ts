// What a run has seen: which faults happened and which states the parts of the engine were in. A run that proves that
// nothing breaks proves nothing unless it was there; so the counts are shown, and what was never reached is named.
import type { FaultKind } from './plan.ts';

/** Counts by name, as data. */
export interface CoverageCounts {
  readonly faults: Readonly<Record<string, number>>;
  readonly states: Readonly<Record<string, number>>;
}

/** Counts what happens. */
export class Coverage {
  readonly #faults = new Map<string, number>();
  readonly #states = new Map<string, number>();

  /** A fault happened. */
  fault(kind: FaultKind): void {
    count(this.#faults, kind, 1);
  }

  /** A part of the engine came into a state; see `state-probes.ts`. */
  state(name: string): void {
    count(this.#states, name, 1);
  }

  /** Takes in what others counted. */
  add(counts: CoverageCounts): void {
    for (const [kind, times] of Object.entries(counts.faults)) count(this.#faults, kind, times);
    for (const [name, times] of Object.entries(counts.states)) count(this.#states, name, times);
  }

  /** What was counted so far. */
  counts(): CoverageCounts {
    return { faults: Object.fromEntries(this.#faults), states: Object.fromEntries(this.#states) };
  }
}

function count(counts: Map<string, number>, name: string, times: number): void {
  counts.set(name, (counts.get(name) ?? 0) + times);
}
