// The driver's view of the backend: an answer that no retry can heal stops the engine, whichever component sent the
// request. The sender need not check; it continues as for any rejection, until the stop reaches it.
import type { ExecutorBackend } from '@millrace/core';
import { engineStopper, type ExecutorScaling } from '@millrace/core/engine';

type Watch = <T>(promise: Promise<T>) => Promise<T>;

/** Passes everything on. `onFatal` is called with each rejection of disposition `stop-engine`. */
export function watchedBackend(backend: ExecutorBackend, onFatal: (error: unknown) => void): ExecutorBackend {
  const watch: Watch = async (promise) => {
    try {
      return await promise;
    } catch (error) {
      const fatal = engineStopper(error);
      if (fatal !== undefined) onFatal(fatal);
      throw error;
    }
  };
  const { name, isRemote, spansHosts, scaling } = backend;
  return {
    name,
    ...(isRemote === undefined ? {} : { isRemote }),
    ...(spansHosts === undefined ? {} : { spansHosts }),
    ...(scaling === undefined ? {} : { scaling: watchedScaling(scaling, watch) }),
    start: (program) => backend.start(program),
    executors: () => backend.executors(),
    ask: (executorId, kind, request) => watch(backend.ask(executorId, kind, request)),
    stop: () => backend.stop(),
  };
}

function watchedScaling(scaling: ExecutorScaling, watch: Watch): ExecutorScaling {
  return {
    get wanted() {
      return scaling.wanted;
    },
    get maxUseful() {
      return scaling.maxUseful;
    },
    add: (count) => scaling.add(count),
    retire: (executorId) => watch(scaling.retire(executorId)),
  };
}
