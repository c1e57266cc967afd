// Executors inside the driver's own process: the default backend of an engine without a plugin for executors. The
// messages are the same as between threads or machines, but nothing is copied on the way.
import type { ExecutorBackend, ExecutorDescription, ExecutorId } from '@millrace/core';
import { coreError } from '@millrace/core';
import { type ExecutorEndpoint, type DriverProgram, type ExecutorProtocol } from '@millrace/core/engine';
import { executorError } from './executor-errors.ts';

/** Options of the in-process backend. */
export interface InProcessExecutorOptions {
  /**
   * Number of executors. Default 1; further executors share the same thread, which is useful for trying out
   * placement.
   */
  readonly executors?: number;
  /** Tasks that each executor runs at once. Default 4: one thread computes, the other tasks may wait for I/O. */
  readonly cores?: number;
}

/** Runs executors in this process. */
export class InProcessExecutorBackend implements ExecutorBackend {
  readonly name = 'in-process';
  readonly #options: Required<InProcessExecutorOptions>;
  readonly #alive = new Map<
    ExecutorId,
    { readonly description: ExecutorDescription; readonly endpoint: ExecutorEndpoint }
  >();
  #program: DriverProgram | undefined;

  constructor(options: InProcessExecutorOptions = {}) {
    this.#options = { executors: options.executors ?? 1, cores: options.cores ?? 4 };
  }

  async start(program: DriverProgram): Promise<void> {
    if (this.#program !== undefined) {
      throw executorError('MR_EXECUTOR_ALREADY_STARTED', 'the in-process executors are already running');
    }
    this.#program = program;
    for (let index = 0; index < this.#options.executors; index += 1) {
      const description = { executorId: `local-${index}`, host: 'localhost', cores: this.#options.cores };
      const endpoint = program.createExecutor({ ...description, driver: program.driver });
      this.#alive.set(description.executorId, { description, endpoint });
      program.membership.onExecutorAdded(description);
    }
  }

  executors(): readonly ExecutorDescription[] {
    return [...this.#alive.values()].map((executor) => executor.description);
  }

  async ask<K extends keyof ExecutorProtocol>(
    executorId: ExecutorId,
    kind: K,
    request: ExecutorProtocol[K]['request'],
  ): Promise<ExecutorProtocol[K]['reply']> {
    const executor = this.#alive.get(executorId);
    if (executor === undefined) {
      throw coreError('MR_EXECUTOR_UNREACHABLE', `executor ${executorId} is not alive`, {
        details: { executorId, kind },
      });
    }
    return executor.endpoint.ask(kind, request);
  }

  async stop(): Promise<void> {
    const executors = [...this.#alive.values()];
    this.#alive.clear();
    await Promise.all(executors.map((executor) => executor.endpoint.close()));
  }
}
