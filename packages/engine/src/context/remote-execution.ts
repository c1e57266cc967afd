// The driver's half of running tasks on executors that have their own copy of the program: what they are told with a
// task, how their answers are read, and the runner for what only the driver can run.
import { Clock, Codec, ReceivedBlockHandler, Storage, type Ports } from '@millrace/core';
import { decodeValue } from '../executor/task-value.ts';
import { TaskRunner, yieldAfter, type RddEnvironment, type RemoteExecution } from '../rdd/index.ts';
import type { TaskInputs } from './task-inputs.ts';

/** How long tasks wait for an executor when none is alive; far above the time in which one is replaced. */
const EXECUTOR_WAIT_MS = 60_000;

/** What the driver's half is made of. */
export interface RemoteExecutionSetup {
  readonly ports: Ports;
  /** Asked at the first task: the environment needs a job runner before it can be made. */
  readonly environment: () => RddEnvironment;
  readonly inputs: () => TaskInputs;
}

/** Makes the `RemoteExecution` of one context. */
export function remoteExecution({ ports, environment, inputs }: RemoteExecutionSetup): RemoteExecution {
  const clock = ports.get(Clock);
  const codec = ports.get(Codec);
  const handler = ports.get(ReceivedBlockHandler);
  let runner: TaskRunner | undefined;
  const ownRunner = () =>
    (runner ??= new TaskRunner({
      environment: environment(),
      codec,
      storage: ports.get(Storage),
      readBlock: (info) => handler.readBlock(info),
      yield: yieldAfter(clock),
    }));
  return {
    messageFor: (executorId, batchTime) => inputs().messageFor(executorId, batchTime),
    delivered: (executorId, message) => inputs().delivered(executorId, message),
    decode: (value) => decodeValue(value, codec),
    driverRunner: { run: (request, own) => ownRunner().run(request, own) },
    clock,
    executorWaitMs: EXECUTOR_WAIT_MS,
  };
}
