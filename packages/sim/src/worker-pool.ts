// Worker processes that run seeds in parallel. A worker that hangs on a seed or dies is a finding like any other: the
// seed is reported as failed, and another process takes over.
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Clock, Timer } from '@millrace/core';
import type { Ask, Ran, Told } from './worker-messages.ts';
import type { WorldKindName } from './world-kind.ts';

/** The options of the pool. */
export interface WorkerPoolOptions {
  readonly clock: Clock;
  readonly jobs: number;
  readonly mutant?: string | undefined;
  /** Default: one machine. */
  readonly world?: WorldKindName;
  /** The next request; undefined: no more. */
  readonly next: () => Ask | undefined;
  readonly onRan: (ran: Ran) => void;
}

/** The maximum time for one seed, in ms of real time. */
const SEED_MS_MAX = 180_000;

/**
 * Worlds leave only garbage: with a large young generation, most of the garbage is gone before a collection visits it.
 */
const MEMORY = ['--min-semi-space-size=16', '--max-semi-space-size=32'];

/** Runs until `next` returns undefined. */
export class WorkerPool {
  readonly #options: WorkerPoolOptions;
  readonly #children = new Set<ChildProcess>();
  #isStopped = false;

  constructor(options: WorkerPoolOptions) {
    this.#options = options;
  }

  /** Resolves when all requests have run, or after `stop`. */
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

  /** Runs one process until there are no more requests (true), or until the process is gone (false). */
  #live(): Promise<boolean> {
    const { mutant = '', world = 'machine', next, onRan, clock } = this.#options;
    const child = fork(fileURLToPath(new URL('./worker.ts', import.meta.url)), [mutant, world], {
      execArgv: ['--conditions=millrace:source', '--disable-warning=ExperimentalWarning', ...MEMORY],
    });
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
        // A process that dies before its first request would die again.
        if (asked === undefined && !isDone && !this.#isStopped)
          reject(new Error(`a worker could not start: code ${code}`));
        else resolve(isDone || this.#isStopped);
      });
    });
  }
}

function gone({ seed, plan }: Ask, how: string): Ran {
  const what = `the worker process ended with ${how}, or did not finish within ${SEED_MS_MAX} ms`;
  return {
    type: 'ran',
    seed,
    plan: plan ?? { seed },
    violations: [{ promise: 'finishes', what, atMs: 0 }],
    coverage: { faults: {}, states: {}, after: {} },
    steps: 0,
    virtualMs: 0,
  };
}
