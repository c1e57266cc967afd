// The events of executors that come and go. The backend reports a loss by an id and a reason; the description and the
// number of live executors are known here.
import type { Clock, ExecutorDescription, ExecutorId } from '@millrace/core';
import type { ExecutorMembership, ExecutorScaling } from '@millrace/core/engine';
import type { PublishEvent } from '../listening/publish-event.ts';

/** The collaborators of `ExecutorReports`. */
export interface ExecutorReportsDeps {
  readonly clock: Clock;
  readonly publish: PublishEvent;
}

/** Publishes `executor:added` and `executor:lost`. */
export class ExecutorReports implements Pick<ExecutorMembership, 'onExecutorAdded' | 'onExecutorLost'> {
  readonly #deps: ExecutorReportsDeps;
  readonly #alive = new Map<ExecutorId, ExecutorDescription>();
  #retiring: ExecutorId | undefined;

  constructor(deps: ExecutorReportsDeps) {
    this.#deps = deps;
  }

  /** Publishes the new executor. */
  onExecutorAdded(executor: ExecutorDescription): void {
    this.#alive.set(executor.executorId, executor);
    this.#deps.publish('executor:added', { executor: this.#infoOf(executor) });
  }

  /** Publishes the loss; of an executor that was never added, nothing. */
  onExecutorLost(executorId: ExecutorId, reason: string): void {
    const executor = this.#alive.get(executorId);
    if (executor === undefined) return;
    this.#alive.delete(executorId);
    const isRetired = this.#retiring === executorId;
    const info = { ...this.#infoOf(executor), reason, ...(isRetired ? { isRetired } : {}) };
    this.#deps.publish('executor:lost', { executor: info });
  }

  /** The same scaling; an executor that is lost inside `retire` was retired by the engine. */
  watched(scaling: ExecutorScaling): ExecutorScaling {
    return {
      get wanted() {
        return scaling.wanted;
      },
      get maxUseful() {
        return scaling.maxUseful;
      },
      add: (count) => scaling.add(count),
      retire: (executorId) => {
        this.#retiring = executorId;
        try {
          return scaling.retire(executorId);
        } finally {
          this.#retiring = undefined;
        }
      },
    };
  }

  #infoOf({ executorId, host, cores }: ExecutorDescription) {
    return { executorId, host, cores, timeMs: this.#deps.clock.now(), executorCount: this.#alive.size };
  }
}
