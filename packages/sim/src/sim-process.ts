// A process of a simulated world: a driver with its receivers, or an executor. After the kill of a process, none of its
// requests is answered, none of its timers fires, and its messages are ignored. Every operation at the border of the
// process counts as a step, and the process may die at any step: before the effect or right after.
import type { Clock } from '@millrace/core';
import { CallbackSet } from './callback-set.ts';
import type { SimClock } from './sim-clock.ts';

/** The parts of the world that a process needs. */
export interface ProcessSetup {
  readonly name: string;
  readonly clock: SimClock;
  /** Called at every step; may kill this process or another one. */
  readonly onStep: () => void;
}

/** One process. */
export class SimProcess {
  readonly name: string;
  readonly clock: Clock;
  readonly #onStep: () => void;
  readonly #deaths = new CallbackSet();
  #isAlive = true;
  /** The paths of open files, repeated for each open handle. */
  readonly openFiles: string[] = [];
  /** Resources closed by the application after the end of the engine. */
  readonly closing: (() => Promise<void>)[] = [];
  /** The number of checkpoints renamed to their final name. */
  checkpointsWritten = 0;

  constructor({ name, clock, onStep }: ProcessSetup) {
    this.name = name;
    this.#onStep = onStep;
    this.clock = clock.of(this);
  }

  get isAlive(): boolean {
    return this.#isAlive;
  }

  /** Ends the process at once. May be called repeatedly. */
  kill(): void {
    if (!this.#isAlive) return;
    this.#isAlive = false;
    this.#deaths.call();
  }

  /** Registers a callback for the death; returns a function that removes the callback. */
  onDeath(callback: () => void): () => void {
    return this.#deaths.add(callback);
  }

  /** Counts a step at the border. */
  step(): void {
    if (this.#isAlive) this.#onStep();
  }

  /** Performs an operation of the world: one step before and one after. A dead process gets no answer. */
  async call<T>(effect: () => Promise<T>): Promise<T> {
    this.step();
    if (!this.#isAlive) return nothing();
    try {
      const result = await effect();
      return await this.#answer(result);
    } catch (error) {
      if (!this.#isAlive) return nothing();
      throw error;
    }
  }

  #answer<T>(result: T): T | Promise<T> {
    this.step();
    return this.#isAlive ? result : nothing();
  }
}

/** Never settles. */
export function nothing(): Promise<never> {
  return new Promise(() => undefined);
}
