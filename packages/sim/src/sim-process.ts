// A process of a simulated world: a driver with its receivers, or an executor. It is alive until it is killed; from then
// on nothing it asked for is ever answered, no timer of it is called, and nothing it still says is heard. Everything that
// crosses its border counts as a step, and at any step it may die: before the effect or right after it.
import type { Clock, Timer } from '@millrace/core';
import { CallbackSet } from './callback-set.ts';
import type { SimClock } from './sim-clock.ts';

/** What a process needs of its world. */
export interface ProcessSetup {
  readonly name: string;
  readonly clock: SimClock;
  /** Told of every step; may kill the process, or any other. */
  readonly onStep: () => void;
}

/** One process. */
export class SimProcess {
  readonly name: string;
  readonly clock: Clock;
  readonly #onStep: () => void;
  readonly #deaths = new CallbackSet();
  #isAlive = true;
  /** The paths of files that it has opened and not closed, each as often. */
  readonly openFiles: string[] = [];
  /** What its application closes when its engine has ended. */
  readonly closing: (() => Promise<void>)[] = [];
  /** How many checkpoints it has put in their place. */
  checkpointsWritten = 0;

  constructor({ name, clock, onStep }: ProcessSetup) {
    this.name = name;
    this.#onStep = onStep;
    this.clock = clockOf(this, clock);
  }

  get isAlive(): boolean {
    return this.#isAlive;
  }

  /** Ends it here and now. May be repeated. */
  kill(): void {
    if (!this.#isAlive) return;
    this.#isAlive = false;
    this.#deaths.call();
  }

  /** Says who is told of the death; returns a function that calls it off. */
  onDeath(callback: () => void): () => void {
    return this.#deaths.add(callback);
  }

  /** Something crosses the border. */
  step(): void {
    if (this.#isAlive) this.#onStep();
  }

  /** Asks the world for something: a step before it and one after. The dead get no answer. */
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

function clockOf(process: SimProcess, clock: SimClock): Clock {
  const schedule = (atMs: number, callback: () => void) => clock.schedule(process, atMs, callback);
  const after = (delayMs: number, callback: () => void) => clock.after(process, delayMs, callback);
  return {
    now: () => clock.wallMs,
    monotonicMs: () => clock.nowMs,
    schedule,
    after,
    sleepUntil: (atMs, signal) => sleepBy(schedule, atMs, signal),
    sleepFor: (delayMs, signal) => sleepBy(after, delayMs, signal),
  };
}

function sleepBy(
  ask: (ms: number, callback: () => void) => Timer,
  ms: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const timer = ask(ms, () => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    });
    const onAbort = (): void => {
      timer.cancel();
      reject(signal?.reason as Error);
    };
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}
