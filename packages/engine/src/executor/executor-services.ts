// The common part of every executor, in the driver's process or with its own copy of the program: receivers, and the
// services that tasks need, over the ports of the engine.
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
import type { ExecutorIdentity, Ports, ThreadMeter } from '@millrace/core/engine';
import type { ExecutorReading } from '@millrace/core/observation';
import type { RddEnvironment } from '../rdd/rdd-environment.ts';
import { yieldAfter } from '../rdd/yield-after.ts';
import { BlockReader, type BlockReaderDeps } from '../receiving/block-reader.ts';
import { ReceiverHost } from '../receiving/receiver-host.ts';
import type { ReceivingOptions } from '../receiving/receiving-options.ts';
import { executorReading } from './executor-reading.ts';
import type { TaskRunner, TaskRunnerOptions } from './task-runner.ts';

/** Collaborators of every executor. */
export interface ExecutorDeps {
  readonly ports: Ports;
  readonly environment: RddEnvironment;
  readonly receiverOf: (streamId: StreamId) => ConfiguredReceiver<unknown> | undefined;
  readonly receivingOptions: Partial<ReceivingOptions>;
  /** True when records of a stream that no block can hold become dead letters. Default: never. */
  readonly keepsLettersOf?: (streamId: StreamId) => boolean;
  /** See `TaskRunnerOptions.maxRecordErrors`. */
  readonly maxRecordErrors?: number;
}

/** The common part of an executor. */
export interface ExecutorServices {
  readonly codec: Codec;
  readonly handler: ReceivedBlockHandler;
  readonly log: Logger;
  readonly receivers: ReceiverHost;
  /**
   * The amounts of the executor for observers.
   *
   * @param meter Absent: the executor shares the thread of the driver.
   */
  readonly readingOf: (tasks: Pick<TaskRunner, 'counts'>, meter?: ThreadMeter) => () => ExecutorReading;
  /**
   * The services of the task runner.
   *
   * @param source Reads the blocks that have been received: the handler, or a substitute that asks other executors.
   */
  readonly forTasks: (
    source: BlockReaderDeps['handler'],
  ) => Pick<
    TaskRunnerOptions,
    'environment' | 'codec' | 'storage' | 'clock' | 'random' | 'readBlock' | 'yield' | 'maxRecordErrors'
  >;
}

/** Makes the common part of the executor with this identity. */
export function executorServices(deps: ExecutorDeps, identity: ExecutorIdentity): ExecutorServices {
  const { ports, environment, receiverOf, receivingOptions, keepsLettersOf, maxRecordErrors } = deps;
  const [clock, storage, codec] = [ports.get(Clock), ports.get(Storage), ports.get(Codec)];
  const [handler, random] = [ports.get(ReceivedBlockHandler), ports.get(RandomSource)];
  const log = ports.get(Logger).child({ executorId: identity.executorId });
  const receivers = new ReceiverHost({
    identity,
    receiverOf,
    ...(keepsLettersOf === undefined ? {} : { keepsLettersOf }),
    handler,
    codec,
    clock,
    random,
    storage,
    log,
    options: receivingOptions,
  });
  return {
    codec,
    handler,
    log,
    receivers,
    readingOf: (tasks, meter) => {
      const { executorId, host, cores } = identity;
      const parts = {
        executor: { executorId, host, cores },
        receivers,
        tasks,
        blockStore: ports.get(BlockStore),
        handler,
      };
      return () => executorReading(meter === undefined ? parts : { ...parts, meter });
    },
    forTasks: (source) => {
      const blockStore = ports.get(BlockStore);
      const blocks = new BlockReader({ handler: source, blockStore, receiverOf, codec, clock, storage, log });
      return {
        environment,
        codec,
        storage,
        clock,
        random,
        readBlock: (info, signal) => blocks.read(info, signal),
        yield: yieldAfter(clock),
        maxRecordErrors,
      };
    },
  };
}
