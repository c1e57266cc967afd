// The executor's side of the protocol with the driver: receives each message, checks that the sender is the driver
// in charge, and hands the message to the responsible part.
import type { BatchTime, Epoch, ExecutorId, ReceivedBlockHandler } from '@millrace/core';
import { coreError } from '@millrace/core';
import {
  type ExecutorEndpoint,
  type ExecutorProtocol,
  type PeerProtocol,
  type RunTask,
  type TaskOutcome,
} from '@millrace/core/engine';
import type { ExecutorReading } from '@millrace/core/observation';
import { type Holdings, sumOfHoldings } from '../holdings.ts';
import { assertMessageToExecutor } from '../messages/message-shapes.ts';
import type { ReceiverHost } from '../receiving/receiver-host.ts';
import type { RddEnvironment } from '../rdd/rdd-environment.ts';
import type { TaskRunner } from './task-runner.ts';

/** Collaborators of an executor. */
export interface ExecutorRuntimeDeps {
  readonly executorId: ExecutorId;
  readonly receivers: ReceiverHost;
  readonly tasks: Pick<TaskRunner, 'cancel' | 'close' | 'holdings'>;
  readonly runTask: (request: RunTask) => Promise<TaskOutcome>;
  /** Answers requests of other executors. Absent: executors share memory and send none. */
  readonly peerHandlers?: PeerHandlers;
  /** Called when batches are done. Absent: the driver shares the memory and has done the cleanup. */
  readonly onDone?: (doneUpTo: BatchTime) => void;
  /** Called when another executor is gone. Absent: there are no peers. */
  readonly onPeerGone?: (executorId: ExecutorId) => void;
  readonly environment: RddEnvironment;
  readonly handler: ReceivedBlockHandler;
  /** The amounts of the executor for observers. */
  readonly reading: () => ExecutorReading;
}

/** Handlers for the requests of other executors. */
export type PeerHandlers = {
  readonly [K in keyof PeerProtocol]: (
    request: PeerProtocol[K]['request'],
  ) => Promise<PeerProtocol[K]['reply']>;
};

type Handlers = {
  readonly [K in keyof ExecutorProtocol]: (
    request: ExecutorProtocol[K]['request'],
  ) => Promise<ExecutorProtocol[K]['reply']>;
};

/** With shared memory nothing is fetched; a request all the same is answered as not found. */
const NO_PEERS: PeerHandlers = {
  FetchBuckets: async ({ mapPartitions }) => ({ buckets: mapPartitions.map(() => null) }),
  FetchBlock: async () => ({}),
};

/** Handles the driver's messages on one executor. */
export class ExecutorRuntime implements ExecutorEndpoint {
  readonly #deps: ExecutorRuntimeDeps;
  readonly #handlers: Handlers;
  /** The highest known epoch: messages of a lower epoch are refused. */
  #epoch: Epoch = 0;

  constructor(deps: ExecutorRuntimeDeps) {
    this.#deps = deps;
    const { receivers, tasks, runTask, environment, handler } = deps;
    const { onDone, onPeerGone, peerHandlers = NO_PEERS } = deps;
    this.#handlers = {
      StartReceiver: async (request) => receivers.startReceiver(request),
      StopReceiver: async (request) => receivers.stopReceiver(request),
      UpdateRateLimit: async (request) => receivers.updateRateLimit(request),
      UpdateCondition: async (request) => receivers.updateCondition(request),
      CleanupOldBlocks: async (request) =>
        handler.cleanupOldBlocks(request.threshold, request.registeredUpTo),
      Forget: async (request) => {
        if (request.doneUpTo !== undefined) onDone?.(request.doneUpTo);
        environment.forget(request.rddIds);
        await handler.removeBlocks(request.blockIds);
      },
      PeerGone: async ({ executorId }) => onPeerGone?.(executorId),
      RunTask: runTask,
      CancelTask: async (request) => tasks.cancel(request),
      ReadGauges: async () => deps.reading(),
      ...peerHandlers,
    };
  }

  /** Amounts in use, see `Holdings`. */
  get holdings(): Holdings {
    const { receivers, tasks } = this.#deps;
    return sumOfHoldings([receivers.holdings, tasks.holdings]);
  }

  /** The executor's id. */
  get executorId(): ExecutorId {
    return this.#deps.executorId;
  }

  /** The amounts of the executor for observers. */
  get reading(): ExecutorReading {
    return this.#deps.reading();
  }

  /** The highest known epoch. */
  get epoch(): Epoch {
    return this.#epoch;
  }

  async ask<K extends keyof ExecutorProtocol>(
    kind: K,
    request: ExecutorProtocol[K]['request'],
  ): Promise<ExecutorProtocol[K]['reply']> {
    assertMessageToExecutor(kind, request);
    if (request.epoch < this.#epoch) {
      throw coreError(
        'MR_EXECUTOR_STALE_EPOCH',
        `${kind} came from driver epoch ${request.epoch}, but epoch ${this.#epoch} is in charge`,
        {
          details: {
            kind,
            epoch: request.epoch,
            currentEpoch: this.#epoch,
            executorId: this.#deps.executorId,
          },
        },
      );
    }
    this.#epoch = request.epoch;
    return this.#handlers[kind](request);
  }

  async close(): Promise<void> {
    this.#deps.tasks.close();
    await this.#deps.receivers.close();
  }
}
