// The executor's side of the conversation with the driver: takes each message, checks that it comes from the driver
// in charge, and hands it to the part that knows what to do.
import {
  coreError,
  type Epoch,
  type ExecutorEndpoint,
  type ExecutorId,
  type ExecutorProtocol,
  type ReceivedBlockHandler,
} from '@millrace/core';
import type { ReceiverHost } from '../receiving/index.ts';
import type { RddEnvironment, TaskRunner } from '../rdd/index.ts';

/** What an executor is made of. */
export interface ExecutorRuntimeParts {
  readonly executorId: ExecutorId;
  readonly receivers: ReceiverHost;
  readonly tasks: TaskRunner;
  readonly environment: RddEnvironment;
  readonly handler: ReceivedBlockHandler;
}

type Handlers = {
  readonly [K in keyof ExecutorProtocol]: (
    request: ExecutorProtocol[K]['request'],
  ) => Promise<ExecutorProtocol[K]['reply']>;
};

/** Handles the driver's messages on one executor. */
export class ExecutorRuntime implements ExecutorEndpoint {
  readonly #parts: ExecutorRuntimeParts;
  readonly #handlers: Handlers;
  /** The highest epoch heard of: what a lower one sends is refused. */
  #epoch: Epoch = 0;

  constructor(parts: ExecutorRuntimeParts) {
    this.#parts = parts;
    const { receivers, tasks, environment, handler } = parts;
    this.#handlers = {
      StartReceiver: async (request) => receivers.startReceiver(request),
      StopReceiver: async (request) => receivers.stopReceiver(request),
      UpdateRateLimit: async (request) => receivers.updateRateLimit(request),
      CleanupOldBlocks: async (request) =>
        handler.cleanupOldBlocks(request.threshold, request.registeredUpTo),
      Forget: async (request) => {
        environment.forget(request.rddIds);
        await handler.removeBlocks(request.blockIds);
      },
      RunTask: async (request) => tasks.run(request),
    };
  }

  async ask<K extends keyof ExecutorProtocol>(
    kind: K,
    request: ExecutorProtocol[K]['request'],
  ): Promise<ExecutorProtocol[K]['reply']> {
    if (request.epoch < this.#epoch) {
      throw coreError(
        'MR_EXECUTOR_STALE_EPOCH',
        `${kind} came from driver epoch ${request.epoch}, but epoch ${this.#epoch} is in charge`,
        {
          details: {
            kind,
            epoch: request.epoch,
            currentEpoch: this.#epoch,
            executorId: this.#parts.executorId,
          },
        },
      );
    }
    this.#epoch = request.epoch;
    return this.#handlers[kind](request);
  }

  async close(): Promise<void> {
    this.#parts.tasks.close();
    await this.#parts.receivers.close();
  }
}
