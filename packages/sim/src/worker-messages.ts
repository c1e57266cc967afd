// What a run and its worker processes say to each other.
import type { CoverageCounts } from './coverage.ts';
import type { DrawOptions } from './draw-plan.ts';
import type { Plan } from './plan.ts';
import type { Violation } from './sim-world.ts';

/** Run this. */
export interface Ask {
  readonly seed: string;
  /** Instead of what the seed draws. */
  readonly plan?: Plan;
  readonly draw: DrawOptions;
}

/** What came of a seed. */
export interface Ran {
  readonly type: 'ran';
  readonly seed: string;
  readonly plan: Plan;
  readonly violations: readonly Violation[];
  readonly coverage: CoverageCounts;
  readonly steps: number;
  readonly virtualMs: number;
}

/** What a worker tells. */
export type Told = { readonly type: 'ready' } | Ran;
