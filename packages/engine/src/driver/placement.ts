// The executors that work is placed on: all of the backend but one that is about to be retired. Receivers and tasks are
// placed through this; everything else, messages to what runs there already included, goes to the backend as it is.
import type { ExecutorBackend, ExecutorDescription, ExecutorId } from '@millrace/core';
import type { DriverProgram } from '@millrace/core/engine';

/** A backend without the executor that is draining. */
export class Placement implements ExecutorBackend {
  readonly #backend: ExecutorBackend;
  readonly #onChanged: () => void;
  #draining: ExecutorId | undefined;
  readonly ask: ExecutorBackend['ask'];

  /** `onChanged` is told when work may be placed differently. */
  constructor(backend: ExecutorBackend, onChanged: () => void) {
    this.#backend = backend;
    this.#onChanged = onChanged;
    this.ask = (executorId, kind, request) => backend.ask(executorId, kind, request);
  }

  get name(): string {
    return this.#backend.name;
  }

  /** Who gets nothing new; undefined: nobody. */
  get draining(): ExecutorId | undefined {
    return this.#draining;
  }

  set draining(executorId: ExecutorId | undefined) {
    this.#draining = executorId;
    this.#onChanged();
  }

  /** All that are alive, the draining one too. */
  alive(): readonly ExecutorDescription[] {
    return this.#backend.executors();
  }

  /** Never empty because of this: the last one alive gets work all the same. */
  executors(): readonly ExecutorDescription[] {
    const alive = this.alive();
    const others = alive.filter(({ executorId }) => executorId !== this.#draining);
    return others.length > 0 ? others : alive;
  }

  start(program: DriverProgram): Promise<void> {
    return this.#backend.start(program);
  }

  stop(): Promise<void> {
    return this.#backend.stop();
  }
}
