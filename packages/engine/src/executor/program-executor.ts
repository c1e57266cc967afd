// Makes the executor side of a process or thread that has loaded the program by itself: receivers over this copy's
// ports, tasks over this copy's graph, and handlers for the requests of other executors.
import { coreError } from '@millrace/core';
import { type ExecutorIdentity, type ExecutorPeers, ThreadMeter } from '@millrace/core/engine';
import { ShuffleStore } from '../rdd/shuffle-store.ts';
import { ExecutorRuntime } from './executor-runtime.ts';
import { type ExecutorDeps, executorServices } from './executor-services.ts';
import { LivingPeers } from './living-peers.ts';
import { PeerBlocks } from './peer-blocks.ts';
import type { ProgramOnExecutor } from './program-on-executor.ts';
import { ProgramTasks } from './program-tasks.ts';
import { TaskRunner } from './task-runner.ts';

/** Collaborators of such an executor. */
export interface ProgramExecutorDeps extends ExecutorDeps {
  readonly program: ProgramOnExecutor;
}

/** The executor's endpoint. */
export function programExecutor(deps: ProgramExecutorDeps, identity: ExecutorIdentity): ExecutorRuntime {
  const { environment, program } = deps;
  const { executorId } = identity;
  const peers = new LivingPeers(identity.peers ?? NOBODY);
  const { codec, handler, log, receivers, readingOf, forTasks } = executorServices(deps, identity);
  const shuffleStore = new ShuffleStore();
  const peerBlocks = new PeerBlocks({
    executorId,
    handler,
    peers,
    codec,
    log,
    epoch: () => runtime.epoch,
  });
  program.connect(identity.driver);
  const runner = new TaskRunner({
    ...forTasks({ readBlock: (info) => peerBlocks.read(info) }),
    shuffleStore,
    outputsLeave: true,
    resolve: (request) => program.build(request),
    findAction: (request, rdd) => program.findAction(request, rdd),
  });
  const tasks = new ProgramTasks({ executorId, program, runner, shuffleStore, peers, codec });
  const runtime: ExecutorRuntime = new ExecutorRuntime({
    executorId,
    receivers,
    tasks: runner,
    environment,
    handler,
    reading: readingOf(runner, deps.ports.get(ThreadMeter)),
    runTask: (request) => tasks.run(request),
    peerHandlers: {
      FetchBuckets: (request) => tasks.fetchBuckets(request),
      FetchBlock: (request) => peerBlocks.fetchBlock(request),
    },
    onDone: (doneUpTo) => program.forget(doneUpTo),
    onPeerGone: (peer) => peers.onGone(peer),
  });
  return runtime;
}

/** Peers of a backend that connects its executors to the driver only. */
const NOBODY: ExecutorPeers = {
  ask: async (executorId) => {
    throw coreError('MR_EXECUTOR_UNREACHABLE', `there is no way to executor ${executorId} from here`, {
      details: { executorId },
    });
  },
};
