// Makes the executor side of executors that live in this process: their receivers and their tasks, over the ports
// of the engine and the RDDs of the program in the same memory.
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
import type { ExecutorIdentity, Ports } from '@millrace/core/engine';
import { ExecutorRuntime } from './executor-runtime.ts';
import { LocalShuffleFetcher } from '../rdd/shuffle-fetcher.ts';
import { ShuffleStore } from '../rdd/shuffle-store.ts';
import { TaskRunner } from './task-runner.ts';
import { yieldAfter } from '../rdd/yield-after.ts';
import type { RddEnvironment } from '../rdd/rdd-environment.ts';
import { BlockReader } from '../receiving/block-reader.ts';
import { ReceiverHost } from '../receiving/receiver-host.ts';
import type { ReceivingOptions } from '../receiving/receiving-options.ts';

/** Collaborators of local executors. */
export interface LocalExecutorsDeps {
  readonly ports: Ports;
  readonly environment: RddEnvironment;
  readonly receiverOf: (streamId: StreamId) => ConfiguredReceiver<unknown> | undefined;
  readonly receivingOptions: Partial<ReceivingOptions>;
}

/** A factory of executors that share this process. */
export function localExecutors(deps: LocalExecutorsDeps): (identity: ExecutorIdentity) => ExecutorRuntime {
  const { ports, environment, receiverOf, receivingOptions } = deps;
  const [clock, storage, handler] = [ports.get(Clock), ports.get(Storage), ports.get(ReceivedBlockHandler)];
  // Each executor keeps the shuffle outputs of its own tasks; tasks read the outputs of all executors.
  const shuffleStores: ShuffleStore[] = [];
  return (identity) => {
    const { executorId } = identity;
    const shuffleStore = new ShuffleStore();
    shuffleStores.push(shuffleStore);
    const log = ports.get(Logger).child({ executorId });
    const receivers = new ReceiverHost({
      identity,
      receiverOf,
      handler,
      codec: ports.get(Codec),
      clock,
      random: ports.get(RandomSource),
      storage,
      log,
      options: receivingOptions,
    });
    const blocks = new BlockReader({
      handler,
      blockStore: ports.get(BlockStore),
      receiverOf,
      codec: ports.get(Codec),
      clock,
      storage,
      log,
    });
    const tasks = new TaskRunner({
      environment,
      codec: ports.get(Codec),
      storage,
      readBlock: (info, signal) => blocks.read(info, signal),
      yield: yieldAfter(clock),
      shuffleStore,
      fetcher: new LocalShuffleFetcher(shuffleStores),
    });
    return new ExecutorRuntime({
      executorId,
      receivers,
      tasks,
      environment,
      handler,
      runTask: (request) => tasks.run(request),
    });
  };
}
