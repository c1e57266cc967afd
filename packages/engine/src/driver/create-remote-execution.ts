// The driver's half of running tasks on executors that have their own copy of the program: the batch data in task
// messages, the decoding of answers, and the runner of tasks that only the driver can run.
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
import type { Ports } from '@millrace/core/engine';
import { decodeValue } from '../executor/task-value.ts';
import { TaskRunner } from '../executor/task-runner.ts';
import { yieldAfter } from '../rdd/yield-after.ts';
import type { RddEnvironment } from '../rdd/rdd-environment.ts';
import type { RemoteExecution } from '../jobs/remote-execution.ts';
import { BlockReader } from '../receiving/block-reader.ts';
import type { TaskOptions } from '../jobs/task-options.ts';
import type { TaskInputs } from './task-inputs.ts';

/** Longest wait of tasks when no executor is alive; far above the time in which an executor is replaced. */
const EXECUTOR_WAIT_MS = 60_000;

/** Collaborators of the driver's half. */
export interface RemoteExecutionDeps {
  readonly ports: Ports;
  /** Called at the first task: the environment needs a job runner before the environment can be made. */
  readonly environment: () => RddEnvironment;
  readonly inputs: () => TaskInputs;
  readonly tasks: Pick<TaskOptions, 'localityWaitMs' | 'speculation'>;
  readonly receiverOf: (streamId: StreamId) => ConfiguredReceiver<unknown> | undefined;
  /** See `TaskRunnerOptions.maxRecordErrors`. */
  readonly maxRecordErrors: number;
}

/** Makes the `RemoteExecution` of one context. */
export function createRemoteExecution(deps: RemoteExecutionDeps): RemoteExecution {
  const { ports, environment, inputs, receiverOf, tasks, maxRecordErrors } = deps;
  const [clock, codec, storage] = [ports.get(Clock), ports.get(Codec), ports.get(Storage)];
  const blocks = new BlockReader({
    handler: ports.get(ReceivedBlockHandler),
    blockStore: ports.get(BlockStore),
    receiverOf,
    codec,
    clock,
    storage,
    log: ports.get(Logger),
  });
  let runner: TaskRunner | undefined;
  const ownRunner = () =>
    (runner ??= new TaskRunner({
      environment: environment(),
      codec,
      storage,
      clock,
      random: ports.get(RandomSource),
      readBlock: (info, signal) => blocks.read(info, signal),
      yield: yieldAfter(clock),
      maxRecordErrors,
    }));
  return {
    messageFor: (executorId, batchTime) => inputs().messageFor(executorId, batchTime),
    delivered: (executorId, message) => inputs().delivered(executorId, message),
    decode: (value) => decodeValue(value, codec),
    driverRunner: {
      run: (request, own) => ownRunner().run(request, own),
      cancel: (request) => ownRunner().cancel(request),
    },
    clock,
    executorWaitMs: EXECUTOR_WAIT_MS,
    ...tasks,
  };
}
