// Draws the reactions of an engine to failures: skipped batches, permanent errors, and other numbers of executors in
// later lives. Each of these later draws has a separate random source.
import { Draw } from './draw.ts';
import type { FaultKind, LastingRefusal, Plan } from './plan.ts';
import { BLOCKS, DECISIONS } from './log-names.ts';

/** Decisions of the caller that override the seed. */
export interface ReactionOptions {
  /** The enabled faults, instead of drawn ones. */
  readonly faults?: readonly FaultKind[] | undefined;
  readonly forced?: { readonly executors?: number } | undefined;
}

/** The share of plans that skip batches, among the plans that may. */
const SKIPS = 0.5;

/** The share of plans in which the disk refuses an operation permanently. */
const REFUSES = 0.12;

/** The share of plans with executors whose lives have different numbers of executors. */
const CHANGES_EXECUTORS = 0.35;

/** The plan with these reactions. */
export function drawReactions(plan: Plan, { faults, forced }: ReactionOptions): Plan {
  const mayFail = faults === undefined || faults.includes('job-failure');
  const reacting = mayFail ? drawSkipping(plan) : plan;
  const draw = new Draw(`${plan.seed}/lasting`);
  const isDrawn = draw.happens(REFUSES);
  const isOn = faults?.includes('lasting-refusal') ?? isDrawn;
  // Data that is only in memory is lost with the engine.
  const lasting = isOn && plan.durability !== 'memory' ? { lasting: drawLasting(draw, plan) } : {};
  const executors = forced?.executors === undefined ? drawExecutors(plan) : {};
  return { ...reacting, ...lasting, ...executors };
}

/**
 * Batches that are skipped when an output fails permanently. Drawn when nothing fails but the code of outputs: the
 * outputs that record the input never fail, so the answers of all batches are known, including skipped ones.
 */
function drawSkipping(plan: Plan): Plan {
  const draw = new Draw(`${plan.seed}/skip`);
  if (!draw.happens(SKIPS) || mayLoseTasks(plan)) return plan;
  const jobFailureRate = draw.of([0.1, 0.3, 0.5]);
  return { ...plan, onBatchFailure: 'skip', jobFailureRate };
}

/** Permanent refusals that a running engine meets and cannot survive. */
function drawLasting(draw: Draw, plan: Plan): readonly LastingRefusal[] {
  const { checkpoints, durability, executors, channels, endings } = plan;
  // The driver may never learn of the log of an executor that is cut off or dies.
  const areApart = endings.some(({ part }) => part === 'executor' || part === 'partition');
  const isHeard = executors === 0 || (channels.loss === undefined && !areApart);
  const logged = durability === 'machine' ? (['append', 'sync'] as const) : (['append'] as const);
  const places = [
    { path: `/${DECISIONS}/`, operations: logged, most: 8 },
    ...(isHeard ? [{ path: `/${BLOCKS}`, operations: logged, most: 8 }] : []),
    ...(checkpoints ? [{ path: '/checkpoint-', operations: ['append', 'rename'] as const, most: 2 }] : []),
  ];
  return [1, 2]
    .filter((life) => life === 1 || draw.happens(0.4))
    .map((life) => {
      const { path, operations, most } = draw.of(places);
      return { life, path, operation: draw.of(operations), after: draw.upTo(most) };
    });
}

/**
 * Other numbers of executors in later lives: the logs and places of some are left without an owner, and new executors
 * have none.
 */
function drawExecutors({ seed, executors }: Plan): Pick<Plan, 'executorsByLife'> {
  const draw = new Draw(`${seed}/executors`);
  if (executors === 0 || !draw.happens(CHANGES_EXECUTORS)) return {};
  const others = [1, 2, 3].filter((count) => count !== executors);
  return { executorsByLife: [executors, ...draw.shuffled(others)] };
}

/** Tells whether tasks may fail in all their attempts, independent of their code. */
function mayLoseTasks({ disk, failing, channels, endings }: Plan): boolean {
  const { slowMs: _slow, ...failures } = disk;
  const isDiskWhole = Object.keys(failures).length === 0 && failing === undefined;
  const areLost = endings.some(({ part }) => part === 'executor' || part === 'partition');
  return !isDiskWhole || channels.loss !== undefined || areLost;
}
