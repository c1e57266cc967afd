// A stage: the tasks that compute the partitions of one RDD without a shuffle in between. A map stage writes the
// outputs of the shuffle behind the RDD; a result stage runs the action of a job.
import { OUTPUT_ACTION } from '../rdd/named-actions.ts';
import { narrowAncestors, shuffleOf, shufflesReadBy } from '../rdd/lineage.ts';
import type { RddNode } from '../rdd/rdd-node.ts';
import type { TaskRun } from './run-task.ts';

/** Names of an action: on the driver, and in every copy of the program if the action is portable. */
export interface ActionName {
  readonly name: string;
  readonly portableName: string | undefined;
}

/** The work that the tasks of a stage share. */
export type StageWork = Pick<TaskRun, 'rdd' | 'kind'> & { readonly action?: ActionName };

/** The work with its derived properties, equal for all tasks of the stage. */
export type Stage = StageWork & {
  /**
   * The RDD to compute. A map task is named after the RDD behind the shuffle, and computes the RDD before the
   * shuffle.
   */
  readonly computed: RddNode<unknown>;
  /** Whether the stage computes or reads partitions that stay on one executor from batch to batch. */
  readonly stays: boolean;
  /** The shuffled RDDs with outputs to read; none when tasks share the driver's memory. */
  readonly reads: readonly RddNode<unknown>[];
};

/** One partition of a stage. */
export type Task = Stage & Pick<TaskRun, 'partition'>;

/** The action that reads the records of a partition. */
export const COLLECT: ActionName = { name: 'collect', portableName: 'collect' };

/**
 * Walks to the sources once per stage, not once per task: a union of a thousand streams has a thousand tasks, too.
 *
 * @param options.isRemote True when executors do not share the driver's memory.
 */
export function stageOf(work: StageWork, { isRemote }: { readonly isRemote: boolean }): Stage {
  const computed = computedBy(work);
  const reads = isRemote ? shufflesReadBy(computed) : [];
  return { ...work, computed, stays: staysAt(computed), reads };
}

/** Whether every copy of the program knows the work of the stage by name. */
export function isNamed({ kind, action }: StageWork): boolean {
  return kind === 'map' || action?.portableName !== undefined;
}

/** Whether a second attempt beside the first is harmless: outputs must run once, and state has one place. */
export function mayRunTwice(stage: Stage): boolean {
  return isNamed(stage) && stage.action?.portableName !== OUTPUT_ACTION && !stage.stays;
}

/** The name of the action for the executor of a task; empty for a map task. */
export function actionOf({ action }: Task, isRemote: boolean): { readonly action?: string } {
  if (action === undefined) return {};
  return { action: isRemote ? (action.portableName ?? action.name) : action.name };
}

function computedBy({ kind, rdd }: StageWork): RddNode<unknown> {
  return kind === 'map' ? (shuffleOf(rdd)?.rdd ?? rdd) : rdd;
}

function staysAt(rdd: RddNode<unknown>): boolean {
  return narrowAncestors(rdd).some(({ isPinned }) => isPinned);
}
