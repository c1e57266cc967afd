// The messages between a run and its worker processes.
import type { CoverageCounts } from './coverage.ts';
import type { ProgramPlan } from './program/program-plan.ts';
import type { Violation } from './sim-world.ts';
import type { AnyDrawOptions, AnyPlan } from './world-kind.ts';

/** A request to run a seed or plan. */
export interface Ask {
  readonly seed: string;
  /** The plan, instead of the plan drawn from the seed. */
  readonly plan?: AnyPlan;
  readonly draw: AnyDrawOptions;
}

/** The result of a seed. */
export interface Ran {
  readonly type: 'ran';
  readonly seed: string;
  /** `program`: the drawn program of a world of one machine. */
  readonly plan: AnyPlan & { readonly program?: ProgramPlan };
  readonly violations: readonly Violation[];
  readonly coverage: CoverageCounts;
  readonly steps: number;
  readonly virtualMs: number;
}

/** The messages of a worker. */
export type Told = { readonly type: 'ready' } | Ran;
