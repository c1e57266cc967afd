// The executor's side of the conversation with the driver: takes each message, checks that it comes from the driver
// in charge, and hands it to the part that knows what to do.
import type { BatchTime, Epoch, ExecutorId, ReceivedBlockHandler } from '@millrace/core';
import {
  coreError,
  type ExecutorEndpoint,
  type ExecutorProtocol,
  type PeerProtocol,
  type RunTask,
  type TaskOutcome,
} from '@millrace/core/engine';
import { type Holdings, sumOfHoldings } from '../holdings.ts';
import { assertMessageToExecutor } from '../messages/message-shapes.ts';
import type { ReceiverHost } from '../receiving/receiver-host.ts';
import type { RddEnvironment } from '../rdd/rdd-environment.ts';
import type { TaskRunner } from './task-runner.ts';

/** What an executor is made of. */
export interface ExecutorRuntimeDeps {
  readonly executorId: ExecutorId;
  readonly receivers: ReceiverHost;
  readonly tasks: Pick<TaskRunner, 'close' | 'holdings'>;
  readonly runTask: (request: RunTask) => Promise<TaskOutcome>;
  /** Answers the questions of other executors. Absent: they share the memory and have none. */
  readonly peerHandlers?: PeerHandlers;
  /** Told that batches are done with. Absent: the driver, whose memory is shared, has seen to it. */
  readonly onDone?: (doneUpTo: BatchTime) => void;
  /** Told that another executor is gone. Absent: there is none to ask. */
  readonly onPeerGone?: (executorId: ExecutorId) => void;
  readonly environment: RddEnvironment;
  readonly handler: ReceivedBlockHandler;
}

/** How the questions of other executors are answered. */
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

/** Where memory is shared nothing is fetched; who asks all the same is told that it is not here. */
const NO_PEERS: PeerHandlers = {
  FetchBuckets: async ({ mapPartitions }) => ({ buckets: mapPartitions.map(() => null) }),
  FetchBlock: async () => ({}),
};

/** Handles the driver's messages on one executor. */
export class ExecutorRuntime implements ExecutorEndpoint {
  readonly #deps: ExecutorRuntimeDeps;
  readonly #handlers: Handlers;
  /** The highest epoch heard of: what a lower one sends is refused. */
  #epoch: Epoch = 0;

  constructor(deps: ExecutorRuntimeDeps) {
    this.#deps = deps;
    const { receivers, runTask, environment, handler, onDone, onPeerGone, peerHandlers = NO_PEERS } = deps;
    this.#handlers = {
      StartReceiver: async (request) => receivers.startReceiver(request),
      StopReceiver: async (request) => receivers.stopReceiver(request),
      UpdateRateLimit: async (request) => receivers.updateRateLimit(request),
      CleanupOldBlocks: async (request) =>
        handler.cleanupOldBlocks(request.threshold, request.registeredUpTo),
      Forget: async (request) => {
        if (request.doneUpTo !== undefined) onDone?.(request.doneUpTo);
        environment.forget(request.rddIds);
        await handler.removeBlocks(request.blockIds);
      },
      PeerGone: async ({ executorId }) => onPeerGone?.(executorId),
      RunTask: runTask,
      ...peerHandlers,
    };
  }

  /** Its amounts, see `Holdings`. */
  get holdings(): Holdings {
    const { receivers, tasks } = this.#deps;
    return sumOfHoldings([receivers.holdings, tasks.holdings]);
  }

  /** The highest epoch heard of. */
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
