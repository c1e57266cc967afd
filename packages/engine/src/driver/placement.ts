// The executors that new work is placed on: all executors of the backend except one that is about to be retired.
// Receivers and tasks are placed through this class; all other messages, also those to work already running on the
// draining executor, go to the backend unchanged.
import type { ExecutorBackend, ExecutorDescription, ExecutorId } from '@millrace/core';
import type { DriverProgram } from '@millrace/core/engine';

/** A backend without the executor that is draining. */
export class Placement implements ExecutorBackend {
  readonly #backend: ExecutorBackend;
  readonly #onChanged: () => void;
  #draining: ExecutorId | undefined;
  readonly ask: ExecutorBackend['ask'];

  /** `onChanged` is called when the placement of work may change. */
  constructor(backend: ExecutorBackend, onChanged: () => void) {
    this.#backend = backend;
    this.#onChanged = onChanged;
    this.ask = (executorId, kind, request) => backend.ask(executorId, kind, request);
  }

  get name(): string {
    return this.#backend.name;
  }

  get newestFailure(): unknown {
    return this.#backend.newestFailure;
  }

  /** The executor without new work; undefined: none. */
  get draining(): ExecutorId | undefined {
    return this.#draining;
  }

  set draining(executorId: ExecutorId | undefined) {
    this.#draining = executorId;
    this.#onChanged();
  }

  /** All living executors, including the draining one. */
  alive(): readonly ExecutorDescription[] {
    return this.#backend.executors();
  }

  /** Never empty because of draining: the last living executor gets work all the same. */
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
