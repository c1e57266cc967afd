// Makes the executor side of a process or thread that has loaded the program by itself: receivers over this copy's
// ports, tasks over this copy's graph, and handlers for the requests of other executors.
import {
  BlockStore,
  Clock,
  Codec,
  Logger,
  RandomSource,
  ReceivedBlockHandler,
  Storage,
  type ConfiguredReceiver,
  type StreamId,
} from '@millrace/core';
import { coreError } from '@millrace/core';
import { type ExecutorIdentity, type ExecutorPeers, type Ports } from '@millrace/core/engine';
import { ExecutorRuntime } from './executor-runtime.ts';
import { LivingPeers } from './living-peers.ts';
import { PeerBlocks } from './peer-blocks.ts';
import { ProgramTasks } from './program-tasks.ts';
import { ShuffleStore } from '../rdd/shuffle-store.ts';
import { TaskRunner } from './task-runner.ts';
import { yieldAfter } from '../rdd/yield-after.ts';
import type { RddEnvironment } from '../rdd/rdd-environment.ts';
import { BlockReader } from '../receiving/block-reader.ts';
import { ReceiverHost } from '../receiving/receiver-host.ts';
import type { ReceivingOptions } from '../receiving/receiving-options.ts';
import type { ProgramOnExecutor } from './program-on-executor.ts';

/** Collaborators of such an executor. */
export interface ProgramExecutorDeps {
  readonly ports: Ports;
  readonly environment: RddEnvironment;
  readonly program: ProgramOnExecutor;
  readonly receiverOf: (streamId: StreamId) => ConfiguredReceiver<unknown> | undefined;
  readonly receivingOptions: Partial<ReceivingOptions>;
}

/** The executor's endpoint. */
export function programExecutor(deps: ProgramExecutorDeps, identity: ExecutorIdentity): ExecutorRuntime {
  const { ports, environment, program, receiverOf, receivingOptions } = deps;
  const { executorId } = identity;
  const peers = new LivingPeers(identity.peers ?? NOBODY);
  const [clock, storage, codec] = [ports.get(Clock), ports.get(Storage), ports.get(Codec)];
  const handler = ports.get(ReceivedBlockHandler);
  const log = ports.get(Logger).child({ executorId });
  const shuffleStore = new ShuffleStore();
  const peerBlocks = new PeerBlocks({
    executorId,
    handler,
    peers,
    codec,
    log,
    epoch: () => runtime.epoch,
  });
  const blocks = new BlockReader({
    handler: { readBlock: (info) => peerBlocks.read(info) },
    blockStore: ports.get(BlockStore),
    receiverOf,
    codec,
    clock,
    storage,
    log,
  });
  program.connect(identity.driver);
  const runner = new TaskRunner({
    environment,
    codec,
    storage,
    shuffleStore,
    outputsLeave: true,
    readBlock: (info, signal) => blocks.read(info, signal),
    yield: yieldAfter(clock),
    resolve: (request) => program.build(request),
    findAction: (request, rdd) => program.findAction(request, rdd),
  });
  const tasks = new ProgramTasks({ executorId, program, runner, shuffleStore, peers, codec });
  const receivers = new ReceiverHost({
    identity,
    receiverOf,
    handler,
    codec,
    clock,
    random: ports.get(RandomSource),
    storage,
    log,
    options: receivingOptions,
  });
  const runtime: ExecutorRuntime = new ExecutorRuntime({
    executorId,
    receivers,
    tasks: runner,
    environment,
    handler,
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
