// The messages between a run and its worker processes.
import type { CoverageCounts } from './coverage.ts';
import type { DrawOptions } from './draw-plan.ts';
import type { Plan } from './plan.ts';
import type { Violation } from './sim-world.ts';

/** A request to run a seed or plan. */
export interface Ask {
  readonly seed: string;
  /** The plan, instead of the plan drawn from the seed. */
  readonly plan?: Plan;
  readonly draw: DrawOptions;
}

/** The result of a seed. */
export interface Ran {
  readonly type: 'ran';
  readonly seed: string;
  readonly plan: Plan;
  readonly violations: readonly Violation[];
  readonly coverage: CoverageCounts;
  readonly steps: number;
  readonly virtualMs: number;
}

/** The messages of a worker. */
export type Told = { readonly type: 'ready' } | Ran;
