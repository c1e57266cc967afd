// The report of a long run, during and after the run: seeds, seeds per second, findings, reached faults and states.
// Missing faults and states are listed, because a run proves nothing about them.
import { Coverage } from './coverage.ts';
import { FAULT_KINDS } from './plan.ts';
import { OperatorCoverage, type Share } from './program/operator-coverage.ts';
import { ALL_STATES } from './state-probes.ts';
import type { Ran } from './worker-messages.ts';

/** Adds up the results of seeds. */
export class RunReport {
  readonly #coverage = new Coverage();
  readonly #operators = new OperatorCoverage();
  /** Pairs of a fault and a state that occurred in one seed. */
  readonly #together = new Set<string>();
  readonly failed: Ran[] = [];
  seeds = 0;
  steps = 0;
  virtualMs = 0;

  /** Adds the result of a seed. */
  add(ran: Ran): void {
    this.seeds += 1;
    this.steps += ran.steps;
    this.virtualMs += ran.virtualMs;
    this.#coverage.add(ran.coverage);
    if (ran.steps > 0 && ran.plan.program !== undefined) this.#operators.add(ran.plan.program);
    for (const fault of Object.keys(ran.coverage.faults))
      for (const state of Object.keys(ran.coverage.states)) this.#together.add(`${fault} with ${state}`);
    if (ran.violations.length > 0) this.failed.push(ran);
  }

  /** The faults that never occurred. */
  get missingFaults(): readonly string[] {
    const { faults } = this.#coverage.counts();
    return FAULT_KINDS.filter((kind) => faults[kind] === undefined);
  }

  /** The states that were never reached. */
  get missingStates(): readonly string[] {
    const { states } = this.#coverage.counts();
    return ALL_STATES.filter((state) => states[state] === undefined);
  }

  /** The share of the pairs of operators that occurred, 0 to 1. */
  get pairShare(): number {
    const { reached, of } = this.#operators.pairs();
    return reached / of;
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
    const { faults, states } = this.#coverage.counts();
    const perSecond = (this.seeds / Math.max(0.001, elapsedMs / 1_000)).toFixed(1);
    return [
      `${this.seeds} seeds in ${(elapsedMs / 1_000).toFixed(1)} s, ${perSecond} a second; ` +
        `${this.steps} steps, ${(this.virtualMs / 60_000).toFixed(1)} minutes of virtual time`,
      this.reached,
      ...FAULT_KINDS.map((kind) => `  fault ${kind}: ${faults[kind] ?? 'NEVER'}`),
      ...ALL_STATES.map((state) => `  state ${state}: in ${states[state] ?? 'NO'} seeds`),
      `  faults × states: ${this.#together.size} of ${FAULT_KINDS.length * ALL_STATES.length}`,
      ...this.#operators.shares().map(describeShare),
      this.failed.length === 0 ? 'every promise held' : `${this.failed.length} seeds broke a promise`,
    ];
  }
}

/** The maximum number of missing names in the report. */
const MISSING_TOLD = 12;

function describeShare({ name, reached, of, missing }: Share): string {
  const percent = ((100 * reached) / of).toFixed(1);
  const told = missing.length === 0 ? '' : `; missing: ${missing.slice(0, MISSING_TOLD).join(', ')}`;
  const more = missing.length > MISSING_TOLD ? ', …' : '';
  return `  ${name}: ${reached} of ${of}, ${percent} %${told}${more}`;
}
