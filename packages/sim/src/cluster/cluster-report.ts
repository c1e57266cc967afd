// The report of a long run of clusters: seeds, findings, reached faults and states.
import type { Report } from '../report.ts';
import type { Ran } from '../worker-messages.ts';
import { CLUSTER_STATES } from './cluster-counts.ts';
import { CLUSTER_FAULT_KINDS } from './cluster-plan.ts';

/** Adds up the results of seeds. */
export class ClusterReport implements Report {
  readonly #faults = new Map<string, number>();
  readonly #states = new Map<string, number>();
  readonly failed: Ran[] = [];
  readonly emptyPairs: readonly string[] = [];
  seeds = 0;
  #steps = 0;
  #virtualMs = 0;

  add(ran: Ran): void {
    this.seeds += 1;
    this.#steps += ran.steps;
    this.#virtualMs += ran.virtualMs;
    addTo(this.#faults, ran.coverage.faults);
    addTo(this.#states, ran.coverage.states);
    if (ran.violations.length > 0) this.failed.push(ran);
  }

  get isCovered(): boolean {
    return CLUSTER_FAULT_KINDS.length === this.#faults.size && CLUSTER_STATES.length === this.#states.size;
  }

  get reached(): string {
    return `faults ${this.#faults.size}/${CLUSTER_FAULT_KINDS.length}, states ${this.#states.size}/${CLUSTER_STATES.length}`;
  }

  lines(elapsedMs: number): readonly string[] {
    const perSecond = (this.seeds / Math.max(0.001, elapsedMs / 1_000)).toFixed(1);
    return [
      `${this.seeds} seeds in ${(elapsedMs / 1_000).toFixed(1)} s, ${perSecond} a second; ` +
        `${this.#steps} steps, ${(this.#virtualMs / 60_000).toFixed(1)} minutes of virtual time`,
      this.reached,
      ...CLUSTER_FAULT_KINDS.map((kind) => `  fault ${kind}: ${this.#faults.get(kind) ?? 'NEVER'}`),
      ...CLUSTER_STATES.map((state) => `  ${state}: ${this.#states.get(state) ?? 'NO'}`),
      this.failed.length === 0 ? 'every promise held' : `${this.failed.length} seeds broke a promise`,
    ];
  }
}

function addTo(sums: Map<string, number>, counts: Readonly<Record<string, number>>): void {
  for (const [name, count] of Object.entries(counts)) sums.set(name, (sums.get(name) ?? 0) + count);
}
