// Worker processes that run seeds side by side. One that does not come back from a seed for long, or dies, is a finding
// like any other: the seed is told as failed, and another process takes its place.
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Clock, Timer } from '@millrace/core';
import type { Ask, Ran, Told } from './worker-messages.ts';
import { drawPlan } from './draw-plan.ts';

/** How to run. */
export interface WorkerPoolOptions {
  readonly clock: Clock;
  readonly jobs: number;
  readonly mutant?: string | undefined;
  /** What to run next; undefined: nothing more. */
  readonly next: () => Ask | undefined;
  readonly onRan: (ran: Ran) => void;
}

/** Longer than this nobody waits for one seed, in ms of real time. */
const SEED_MS_MAX = 60_000;

/** Worlds leave nothing but garbage: in a large young generation most of it is gone before a collection sees it. */
const MEMORY = ['--min-semi-space-size=16', '--max-semi-space-size=32'];

/** Runs until `next` has nothing more. */
export class WorkerPool {
  readonly #options: WorkerPoolOptions;
  readonly #children = new Set<ChildProcess>();
  #isStopped = false;

  constructor(options: WorkerPoolOptions) {
    this.#options = options;
  }

  /** Resolves when everything has run, or after `stop`. */
  async run(): Promise<void> {
    const { jobs } = this.#options;
    await Promise.all(Array.from({ length: jobs }, () => this.#runOne()));
  }

  /** Ends all processes now. */
  stop(): void {
    this.#isStopped = true;
    for (const child of this.#children) child.kill('SIGKILL');
  }

  async #runOne(): Promise<void> {
    while (!this.#isStopped) {
      const isDone = await this.#live();
      if (isDone) return;
    }
  }

  /** One process until there is nothing more (true), or until it is gone (false). */
  #live(): Promise<boolean> {
    const { mutant, next, onRan, clock } = this.#options;
    const child = fork(
      fileURLToPath(new URL('./worker.ts', import.meta.url)),
      mutant === undefined ? [] : [mutant],
      {
        execArgv: ['--conditions=millrace:source', '--disable-warning=ExperimentalWarning', ...MEMORY],
      },
    );
    this.#children.add(child);
    let asked: Ask | undefined;
    let isDone = false;
    let limit: Timer | undefined;
    const askNext = (): void => {
      limit?.cancel();
      asked = this.#isStopped ? undefined : next();
      if (asked === undefined) {
        isDone = true;
        child.disconnect();
        return;
      }
      limit = clock.after(SEED_MS_MAX, () => child.kill('SIGKILL'));
      child.send(asked);
    };
    child.on('message', (told: Told) => {
      if (told.type === 'ran') onRan(told);
      askNext();
    });
    return new Promise((resolve, reject) => {
      child.on('exit', (code, signal) => {
        limit?.cancel();
        this.#children.delete(child);
        if (!isDone && asked !== undefined && !this.#isStopped) onRan(gone(asked, signal ?? `code ${code}`));
        // A process that dies before it takes anything will do so again.
        if (asked === undefined && !isDone && !this.#isStopped)
          reject(new Error(`a worker could not begin: code ${code}`));
        else resolve(isDone || this.#isStopped);
      });
    });
  }
}

function gone({ seed, plan, draw }: Ask, how: string): Ran {
  const what = `its process ended with ${how}, or did not come back within ${SEED_MS_MAX} ms`;
  return {
    type: 'ran',
    seed,
    plan: plan ?? drawPlan(seed, draw),
    violations: [{ promise: 'finishes', what, atMs: 0 }],
    coverage: { faults: {}, states: {} },
    steps: 0,
    virtualMs: 0,
  };
}
