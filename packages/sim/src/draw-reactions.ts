// Draws of what an engine does about failures: batches that are given up. They came later, each with a random source of
// its own.
import { Draw } from './draw.ts';
import type { FaultKind, Plan } from './plan.ts';

/** What the one who asks decides instead of the seed. */
export interface ReactionOptions {
  /** The faults that are on, instead of those drawn. */
  readonly faults?: readonly FaultKind[] | undefined;
}

/** The share of plans that skip batches, of those that may. */
const SKIPS = 0.5;

/** The plan with these reactions. */
export function drawReactions(plan: Plan, { faults }: ReactionOptions): Plan {
  const mayFail = faults === undefined || faults.includes('job-failure');
  return mayFail ? drawSkipping(plan) : plan;
}

/**
 * Batches that are given up when an output fails for good. Drawn where nothing fails but the code of outputs: the outputs
 * that tell what came in never fail, so what follows from all batches is known, also from skipped ones.
 */
function drawSkipping(plan: Plan): Plan {
  const draw = new Draw(`${plan.seed}/skip`);
  if (!draw.happens(SKIPS) || mayLoseTasks(plan)) return plan;
  const jobFailureRate = draw.of([0.1, 0.3, 0.5]);
  return { ...plan, onBatchFailure: 'skip', jobFailureRate };
}

/** Whether tasks may fail in all their attempts, whatever they compute. */
function mayLoseTasks({ disk, failing, channels, endings }: Plan): boolean {
  const { slowMs: _slow, ...failures } = disk;
  const isDiskWhole = Object.keys(failures).length === 0 && failing === undefined;
  const areLost = endings.some(({ part }) => part === 'executor' || part === 'partition');
  return !isDiskWhole || channels.loss !== undefined || areLost;
}
