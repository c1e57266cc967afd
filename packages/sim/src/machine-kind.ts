// Worlds of one machine, for the command line.
import { describePlan } from './describe-plan.ts';
import { drawPlan, type DrawOptions } from './draw-plan.ts';
import type { Plan } from './plan.ts';
import { runPlan } from './run-plan.ts';
import { shrinkPlan } from './shrink-plan.ts';
import type { WorldKind } from './world-kind.ts';

/** See the header of this file. The command line has checked the names of faults. */
export const MACHINE_WORLD: WorldKind<Plan> = {
  draw: (seed, options) => drawPlan(seed, options as DrawOptions),
  run: runPlan,
  describe: describePlan,
  shrink: shrinkPlan,
};
