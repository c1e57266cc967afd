// The coverage of a run: the faults that happened, and the states reached by the parts of the engine. A run without
// failures proves nothing about faults and states that never occurred, so the counts are shown and missing faults and
// states are listed.
import type { FaultKind } from './plan.ts';
import { takeStates } from './reached-states.ts';

/** Counts by name, as data. */
export interface CoverageCounts {
  readonly faults: Readonly<Record<string, number>>;
  readonly states: Readonly<Record<string, number>>;
  /** For each fault, the states that were reached after the fault had happened. */
  readonly after: Readonly<Record<string, readonly string[]>>;
}

/** Counts the faults and states of one run. */
export class Coverage {
  readonly #faults = new Map<string, number>();
  readonly #states = new Set<string>();
  readonly #after = new Map<string, Set<string>>();

  /** Counts a fault. */
  fault(kind: FaultKind): void {
    const times = this.#faults.get(kind) ?? 0;
    if (times === 0) {
      this.noteStates();
      this.#after.set(kind, new Set());
    }
    this.#faults.set(kind, times + 1);
  }

  /** Notes the states reached since the last call, by the probes of `state-probes.ts`, under all faults so far. */
  noteStates(): void {
    takeStates((state) => {
      this.#states.add(state);
      for (const states of this.#after.values()) states.add(state);
    });
  }

  /** The counts so far; a state counts once. */
  counts(): CoverageCounts {
    return {
      faults: Object.fromEntries(this.#faults),
      states: Object.fromEntries([...this.#states].map((state) => [state, 1])),
      after: Object.fromEntries([...this.#after].map(([fault, states]) => [fault, [...states]])),
    };
  }
}
