// The backend of an executor: an executor has no executors of its own.
import type { ExecutorBackend } from '@millrace/core';

/** Bound in an executor's copy of the program. A call is a mistake. */
export class NoExecutorBackend implements ExecutorBackend {
  readonly name = 'executor';

  async start(): Promise<never> {
    throw new TypeError('an executor does not start executors');
  }

  executors(): readonly [] {
    return [];
  }

  async ask(): Promise<never> {
    throw new TypeError('an executor does not send requests to executors');
  }

  async stop(): Promise<void> {}
}
