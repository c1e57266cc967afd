// Connects the executor allocation manager with its inputs: executors with receivers, executors with the only copy
// of blocks or state, executors with running tasks, and the placement of work.
import type { Clock, ExecutorBackend, ExecutorId, Logger, BatchTime, StreamId } from '@millrace/core';
import type { ExecutorScaling } from '@millrace/core/engine';
import { ExecutorAllocationManager } from '../batches/executor-allocation-manager.ts';
import { boundExecutorAllocation } from '../batches/executor-allocation-options.ts';
import type { ChosenExecutorAllocation } from '../batches/executor-allocation-options.ts';
import type { ServingExecutors } from '../batches/executor-allocation-manager.ts';
import type { DagScheduler } from '../jobs/dag-scheduler.ts';
import { contextError } from './context-errors.ts';
import type { Placement } from './placement.ts';

/** Inputs of an executor allocation. */
export interface ExecutorAllocationDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly chosen: ChosenExecutorAllocation;
  readonly scaling: ExecutorScaling;
  readonly placement: Placement;
  readonly dagScheduler: Pick<DagScheduler, 'isIdle' | 'hasSoleCopy'>;
  readonly batchIntervalMs: number;
  readonly streamIds: readonly StreamId[];
  readonly wasHeldBack: (batchTime: BatchTime) => boolean;
  readonly executorsWithReceivers: () => ReadonlySet<ExecutorId>;
  /** Whether blocks that are still needed have their only copy in the memory of this executor. */
  readonly hasOnlyCopies: (executorId: ExecutorId) => boolean;
}

/** Makes the allocation manager of one driver. */
export function allocateExecutors(deps: ExecutorAllocationDeps): ExecutorAllocationManager {
  const { chosen, scaling, streamIds } = deps;
  const { maxUseful } = scaling;
  return new ExecutorAllocationManager({
    ...deps,
    options: boundExecutorAllocation(chosen, { receivers: streamIds.length, maxUseful }),
    serving: servingExecutors(deps),
  });
}

/** @throws `MR_CONTEXT_EXECUTORS_NOT_INSTALLED` when the number of executors cannot be changed. */
export function assertCanScale({ name, scaling }: ExecutorBackend): void {
  if (scaling !== undefined) return;
  throw contextError(
    'MR_CONTEXT_EXECUTORS_NOT_INSTALLED',
    `executorAllocation needs scalable executors, but ${name} does not support scaling: npm install @millrace/threads, and add threads() to the plugins`,
    { details: { backend: name } },
  );
}

/** The newest executor goes first: older executors have more in their caches. */
function servingExecutors(deps: ExecutorAllocationDeps): ServingExecutors {
  const { placement, dagScheduler, executorsWithReceivers, hasOnlyCopies } = deps;
  return {
    get draining() {
      return placement.draining;
    },
    set draining(executorId) {
      placement.draining = executorId;
    },
    removableExecutors: () => {
      const inUse = executorsWithReceivers();
      return placement
        .alive()
        .map(({ executorId }) => executorId)
        .filter((id) => !inUse.has(id) && !hasOnlyCopies(id) && !dagScheduler.hasSoleCopy(id))
        .toReversed();
    },
    isIdle: (executorId) => dagScheduler.isIdle(executorId),
    isAlive: (executorId) => placement.alive().some((executor) => executor.executorId === executorId),
  };
}
