// Makes the executor side of executors that live in this process: their receivers and their tasks, over the ports
// of the engine and the RDDs of the program in the same memory.
import type { ExecutorIdentity } from '@millrace/core/engine';
import type { PartitionCache } from '../rdd/partition-cache.ts';
import { LocalShuffleFetcher } from '../rdd/shuffle-fetcher.ts';
import { ShuffleStore } from '../rdd/shuffle-store.ts';
import { ExecutorRuntime } from './executor-runtime.ts';
import { type ExecutorDeps, executorServices } from './executor-services.ts';
import { TaskRunner } from './task-runner.ts';

/** A factory of executors that share this process. */
export function localExecutors(deps: ExecutorDeps): (identity: ExecutorIdentity) => ExecutorRuntime {
  const { environment } = deps;
  // Each executor keeps the shuffle outputs and the cached partitions of its own tasks; tasks read those of all executors.
  const shuffleStores: ShuffleStore[] = [];
  const caches = new Set<PartitionCache>();
  return (identity) => {
    const { executorId } = identity;
    const shuffleStore = new ShuffleStore();
    shuffleStores.push(shuffleStore);
    const { handler, receivers, readingOf, forTasks } = executorServices(deps, identity);
    const tasks = new TaskRunner({
      ...forTasks(handler),
      shuffleStore,
      fetcher: new LocalShuffleFetcher(shuffleStores),
      caches,
    });
    return new ExecutorRuntime({
      executorId,
      receivers,
      tasks,
      environment,
      handler,
      reading: readingOf(tasks),
      runTask: (request) => tasks.run(request),
    });
  };
}
