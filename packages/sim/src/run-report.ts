// The account of a long run, while it lasts and at its end: seeds, seeds per second, findings, and which faults and
// states were reached. What was never reached is named, because a run that was not there proves nothing.
import { Coverage } from './coverage.ts';
import { EARLY_FAULT_KINDS, FAULT_KINDS, LATER_FAULT_KINDS } from './plan.ts';
import { ALL_STATES } from './state-probes.ts';
import type { Ran } from './worker-messages.ts';

const DRAWN = [...EARLY_FAULT_KINDS, ...LATER_FAULT_KINDS];

/** Adds up what came of seeds. */
export class RunReport {
  readonly #coverage = new Coverage();
  readonly failed: Ran[] = [];
  seeds = 0;
  steps = 0;
  virtualMs = 0;

  /** One more seed has run. */
  add(ran: Ran): void {
    this.seeds += 1;
    this.steps += ran.steps;
    this.virtualMs += ran.virtualMs;
    this.#coverage.add(ran.coverage);
    if (ran.violations.length > 0) this.failed.push(ran);
  }

  /** The faults that were never there. */
  get missingFaults(): readonly string[] {
    const { faults } = this.#coverage.counts();
    return DRAWN.filter((kind) => faults[kind] === undefined);
  }

  /** The states that were never reached. */
  get missingStates(): readonly string[] {
    const { states } = this.#coverage.counts();
    return ALL_STATES.filter((state) => states[state] === undefined);
  }

  /** How much of both was reached, in few words. */
  get reached(): string {
    const faults = DRAWN.length - this.missingFaults.length;
    const states = ALL_STATES.length - this.missingStates.length;
    return `faults ${faults}/${DRAWN.length}, states ${states}/${ALL_STATES.length}`;
  }

  /** The whole account. */
  lines(elapsedMs: number): readonly string[] {
    const { faults, states } = this.#coverage.counts();
    const perSecond = (this.seeds / Math.max(0.001, elapsedMs / 1_000)).toFixed(1);
    return [
      `${this.seeds} seeds in ${(elapsedMs / 1_000).toFixed(1)} s, ${perSecond} a second; ` +
        `${this.steps} steps, ${(this.virtualMs / 60_000).toFixed(1)} minutes of virtual time`,
      this.reached,
      ...FAULT_KINDS.map((kind) => `  fault ${kind}: ${faults[kind] ?? 'NEVER'}`),
      ...ALL_STATES.map((state) => `  state ${state}: in ${states[state] ?? 'NO'} seeds`),
      this.failed.length === 0 ? 'every promise held' : `${this.failed.length} seeds broke a promise`,
    ];
  }
}
