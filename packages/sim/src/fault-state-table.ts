// The table of faults and states: for each pair the number of seeds in which the state was reached after the fault had
// happened. A fault has a column with a letter, a state has a row, and lines fit into 80 columns.
import type { CoverageCounts } from './coverage.ts';
import { FAULT_KINDS, type FaultKind } from './plan.ts';
import { ALL_STATES } from './state-probes.ts';

/** Longer names of states are cut, so that a row of 80 columns has room for every fault and a count. */
const NAME_LENGTH = 45;

/** Counts seeds by fault and state. */
export class FaultStateTable {
  readonly #seeds = new Map<string, number>();

  /** Adds the pairs of one seed. */
  add({ after }: Pick<CoverageCounts, 'after'>): void {
    for (const [fault, states] of Object.entries(after)) {
      for (const state of states) {
        const pair = nameOf(fault, state);
        this.#seeds.set(pair, (this.#seeds.get(pair) ?? 0) + 1);
      }
    }
  }

  /** The pairs that never occurred, by name, among faults and states that did occur. */
  empty({ faults, states }: Pick<CoverageCounts, 'faults' | 'states'>): readonly string[] {
    return FAULT_KINDS.filter((fault) => faults[fault] !== undefined).flatMap((fault) =>
      ALL_STATES.filter((state) => states[state] !== undefined)
        .map((state) => nameOf(fault, state))
        .filter((pair) => !this.#seeds.has(pair)),
    );
  }

  /** The faults with their letters, then a row for each state. */
  lines({ faults, states }: Pick<CoverageCounts, 'faults' | 'states'>): readonly string[] {
    return [
      ...FAULT_KINDS.map((kind, index) => `  ${letterOf(index)} fault ${kind}: ${faults[kind] ?? 'NEVER'}`),
      `  ${'state, and digits of the number of seeds'.padEnd(NAME_LENGTH)} ${FAULT_KINDS.map((_, index) => letterOf(index)).join('')}  seeds`,
      ...ALL_STATES.map((state) => {
        const cells = FAULT_KINDS.map((fault) => this.#cell(fault, state)).join('');
        return `  ${shortened(state).padEnd(NAME_LENGTH)} ${cells} ${String(states[state] ?? 'NO').padStart(6)}`;
      }),
      `  faults × states: ${this.#seeds.size} of ${FAULT_KINDS.length * ALL_STATES.length}`,
    ];
  }

  /** The number of digits of a count, or a point for none. */
  #cell(fault: FaultKind, state: string): string {
    const seeds = this.#seeds.get(nameOf(fault, state));
    return seeds === undefined ? '.' : `${String(seeds).length}`;
  }
}

function nameOf(fault: string, state: string): string {
  return `${state} after ${fault}`;
}

function letterOf(index: number): string {
  return String.fromCodePoint('a'.charCodeAt(0) + index);
}

function shortened(name: string): string {
  return name.length > NAME_LENGTH ? `${name.slice(0, NAME_LENGTH - 1)}…` : name;
}
