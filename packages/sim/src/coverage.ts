// The coverage of a run: the faults that happened, and the states reached by the parts of the engine. A run without
// failures proves nothing about faults and states that never occurred, so the counts are shown and missing faults and
// states are listed.
import type { FaultKind } from './plan.ts';

/** Counts by name, as data. */
export interface CoverageCounts {
  readonly faults: Readonly<Record<string, number>>;
  readonly states: Readonly<Record<string, number>>;
}

/** Counts faults and states. */
export class Coverage {
  readonly #faults = new Map<string, number>();
  readonly #states = new Map<string, number>();

  /** Counts a fault. */
  fault(kind: FaultKind): void {
    count(this.#faults, kind, 1);
  }

  /** Counts a state of a part of the engine; see `state-probes.ts`. */
  state(name: string): void {
    count(this.#states, name, 1);
  }

  /** Adds the counts of another coverage. */
  add(counts: CoverageCounts): void {
    for (const [kind, times] of Object.entries(counts.faults)) count(this.#faults, kind, times);
    for (const [name, times] of Object.entries(counts.states)) count(this.#states, name, times);
  }

  /** The counts so far. */
  counts(): CoverageCounts {
    return { faults: Object.fromEntries(this.#faults), states: Object.fromEntries(this.#states) };
  }
}

function count(counts: Map<string, number>, name: string, times: number): void {
  counts.set(name, (counts.get(name) ?? 0) + times);
}
