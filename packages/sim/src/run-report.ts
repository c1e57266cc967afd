// The report of a long run, during and after the run: seeds, seeds per second, findings, reached faults and states.
// Missing faults and states are listed, because a run proves nothing about them.
import { FaultStateTable } from './fault-state-table.ts';
import { FAULT_KINDS } from './plan.ts';
import { OperatorCoverage, type Share } from './program/operator-coverage.ts';
import { ALL_STATES } from './state-probes.ts';
import type { Report } from './report.ts';
import type { Ran } from './worker-messages.ts';

/** From this number of seeds on, this share of the pairs of operators has to occur. */
const SEEDS_FOR_PAIRS = 3_000;
const PAIR_SHARE = 0.95;

/** Adds up the results of seeds. */
export class RunReport implements Report {
  readonly #faults: Record<string, number> = {};
  readonly #states: Record<string, number> = {};
  readonly #operators = new OperatorCoverage();
  readonly #table = new FaultStateTable();
  readonly failed: Ran[] = [];
  seeds = 0;
  steps = 0;
  virtualMs = 0;

  /** Adds the result of a seed. */
  add(ran: Ran): void {
    this.seeds += 1;
    this.steps += ran.steps;
    this.virtualMs += ran.virtualMs;
    addTo(this.#faults, ran.coverage.faults);
    addTo(this.#states, ran.coverage.states);
    this.#table.add(ran.coverage);
    if (ran.steps > 0 && ran.plan.program !== undefined) this.#operators.add(ran.plan.program);
    if (ran.violations.length > 0) this.failed.push(ran);
  }

  /** The faults that never occurred. */
  get missingFaults(): readonly string[] {
    return FAULT_KINDS.filter((kind) => this.#faults[kind] === undefined);
  }

  /** The states that were never reached. */
  get missingStates(): readonly string[] {
    return ALL_STATES.filter((state) => this.#states[state] === undefined);
  }

  /** The pairs of a fault and a state that never occurred, although both occurred, by name. */
  get emptyPairs(): readonly string[] {
    return this.#table.empty({ faults: this.#faults, states: this.#states });
  }

  /** The share of the pairs of operators that occurred, 0 to 1. */
  get pairShare(): number {
    const { reached, of } = this.#operators.pairs();
    return reached / of;
  }

  get isCovered(): boolean {
    const hasPairs = this.seeds < SEEDS_FOR_PAIRS || this.pairShare >= PAIR_SHARE;
    return this.missingFaults.length === 0 && this.missingStates.length === 0 && hasPairs;
  }

  /** A short summary of reached faults and states. */
  get reached(): string {
    const faults = FAULT_KINDS.length - this.missingFaults.length;
    const states = ALL_STATES.length - this.missingStates.length;
    const { reached, of } = this.#operators.pairs();
    return `faults ${faults}/${FAULT_KINDS.length}, states ${states}/${ALL_STATES.length}, pairs ${reached}/${of}`;
  }

  /** The whole report. */
  lines(elapsedMs: number): readonly string[] {
    const perSecond = (this.seeds / Math.max(0.001, elapsedMs / 1_000)).toFixed(1);
    return [
      `${this.seeds} seeds in ${(elapsedMs / 1_000).toFixed(1)} s, ${perSecond} a second; ` +
        `${this.steps} steps, ${(this.virtualMs / 60_000).toFixed(1)} minutes of virtual time`,
      this.reached,
      ...this.#table.lines({ faults: this.#faults, states: this.#states }),
      ...this.#operators.shares().map(describeShare),
      this.failed.length === 0 ? 'every promise held' : `${this.failed.length} seeds broke a promise`,
    ];
  }
}

function addTo(sums: Record<string, number>, counts: Readonly<Record<string, number>>): void {
  for (const [name, count] of Object.entries(counts)) sums[name] = (sums[name] ?? 0) + count;
}

/** The maximum number of missing names in the report. */
const MISSING_TOLD = 12;

function describeShare({ name, reached, of, missing }: Share): string {
  const percent = ((100 * reached) / of).toFixed(1);
  const told = missing.length === 0 ? '' : `; missing: ${missing.slice(0, MISSING_TOLD).join(', ')}`;
  const more = missing.length > MISSING_TOLD ? ', …' : '';
  return `  ${name}: ${reached} of ${of}, ${percent} %${told}${more}`;
}
