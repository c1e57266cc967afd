// The `ExecutorBackend` of executors with a program copy each. The backend keeps its slots filled, reports executors to
// the engine, connects executors with each other, and transports requests. The launcher hides the threads.
import type {
  Clock,
  ExecutorBackend,
  ExecutorDescription,
  ExecutorId,
  Logger,
  MillraceError,
  RandomSource,
} from '@millrace/core';
import { coreError } from '@millrace/core';
import { type DriverProgram, type ExecutorProtocol, type ExecutorScaling } from '@millrace/core/engine';
import type { ExecutorLauncher } from './executor-launcher.ts';
import { ExecutorLife } from './executor-life.ts';
import { ExecutorSlot } from './executor-slot.ts';
import { ExecutorThreads } from './executor-threads.ts';
import { threadsError } from './threads-errors.ts';
import type { ThreadsOptions } from './threads.options.ts';

/** Collaborators of the backend. */
export interface ThreadExecutorBackendDeps {
  readonly launcher: ExecutorLauncher;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly log: Logger;
  readonly options: ThreadsOptions;
  /** The number of cores, for a program that requests one executor per core. */
  readonly availableCores: number;
}

/** Executors on threads. */
export class ThreadExecutorBackend implements ExecutorBackend {
  readonly name = 'threads';
  readonly isRemote = true;
  readonly #deps: ThreadExecutorBackendDeps;
  /** In order of registration. */
  readonly #alive = new Map<ExecutorId, ExecutorLife>();
  readonly #slots: ExecutorThreads;
  readonly scaling: ExecutorScaling;
  #program: DriverProgram | undefined;
  /** Settled when all executors of the start are ready, or one of them has failed. */
  readonly #started = Promise.withResolvers<void>();
  #isStarting = false;
  #isStopped = false;

  constructor(deps: ThreadExecutorBackendDeps) {
    const { options, availableCores } = deps;
    this.#deps = deps;
    const slots = new ExecutorThreads(
      (index) =>
        new ExecutorSlot({
          ...deps,
          index,
          options,
          launch: (slot, life) => this.#launch(slot, life),
          onFailed: (error) => this.#onFailed(error),
        }),
    );
    this.#slots = slots;
    this.scaling = {
      get wanted() {
        return slots.count;
      },
      maxUseful: availableCores,
      add: (count) => {
        if (!this.#isStopped) slots.open(count);
      },
      retire: (executorId) => this.#retire(executorId),
    };
    // The start awaits this promise; after a stop without a start, the rejection has no handler.
    this.#started.promise.catch(() => undefined);
  }

  /**
   * Resolves when all executors are ready.
   *
   * @throws the reason of the first failed executor, after all executors have been ended: `MR_THREADS_PROGRAM_DIFFERS`,
   *   `MR_THREADS_PROGRAM_ENDED`, `MR_THREADS_CRASHED`, …; `MR_THREADS_ALREADY_STARTED`, `MR_THREADS_NO_PROGRAM`.
   */
  async start(program: DriverProgram): Promise<void> {
    if (this.#program !== undefined)
      throw threadsError('MR_THREADS_ALREADY_STARTED', 'the executors have been started already');
    this.#program = program;
    this.#isStarting = true;
    try {
      this.#slots.fill(this.#countFor(program));
      await this.#started.promise;
    } catch (error) {
      await this.stop();
      throw error;
    } finally {
      this.#isStarting = false;
    }
  }

  executors(): readonly ExecutorDescription[] {
    return [...this.#alive.values()].map((life) => life.description);
  }

  async ask<K extends keyof ExecutorProtocol>(
    executorId: ExecutorId,
    kind: K,
    request: ExecutorProtocol[K]['request'],
  ): Promise<ExecutorProtocol[K]['reply']> {
    const life = this.#alive.get(executorId);
    if (life === undefined) {
      throw coreError('MR_EXECUTOR_UNREACHABLE', `executor ${executorId} is not alive`, {
        details: { executorId, kind },
      });
    }
    // The other side answers this kind of request with this kind of reply.
    return (await life.ask(kind, request)) as ExecutorProtocol[K]['reply'];
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#started.reject(threadsError('MR_THREADS_STOPPED', 'the executors were stopped'));
    await this.#slots.closeAll();
    this.#alive.clear();
  }

  /** The engine loses the executor before the end, so that no request is sent meanwhile. */
  async #retire(executorId: ExecutorId): Promise<void> {
    if (this.#isStopped || !this.#alive.delete(executorId)) return;
    this.#program?.membership.onExecutorLost(executorId, 'retired');
    await this.#slots.close(executorId);
  }

  #onFailed(error: unknown): void {
    if (!this.#isStopped) this.#program?.membership.onFailed?.(error);
  }

  #countFor({ executors }: DriverProgram): number {
    const { options, availableCores } = this.#deps;
    if (executors === 'one-per-core') return availableCores;
    return executors ?? options.executors ?? availableCores;
  }

  #launch(slot: ExecutorSlot, life: number): ExecutorLife {
    const { launcher, clock, log, options } = this.#deps;
    const program = this.#program as DriverProgram;
    const executorId = life === 0 ? `thread-${slot.index}` : `thread-${slot.index}.${life}`;
    const request = { slot: launcher.slotName(slot.index, life), application: program.application };
    return new ExecutorLife({
      description: { executorId, host: 'localhost', cores: options.cores },
      launched: launcher.launch(request),
      program,
      clock,
      log,
      options,
      onReady: (ready) => this.#onReady(ready),
      onOver: (over, reason) => this.#onOver(slot, over, reason),
    });
  }

  /** Connect peers before announcing the executor, so every announced executor can be fetched from. */
  #onReady(life: ExecutorLife): void {
    if (this.#isStopped) return;
    const { executorId } = life.description;
    for (const [otherId, other] of this.#alive) {
      const [one, two] = this.#deps.launcher.pair();
      life.connect(otherId, one);
      other.connect(executorId, two);
    }
    this.#alive.set(executorId, life);
    this.#program?.membership.onExecutorAdded(life.description);
    if (this.#alive.size === this.#slots.count) this.#started.resolve();
  }

  #onOver(slot: ExecutorSlot, life: ExecutorLife, reason: MillraceError | undefined): void {
    const { executorId } = life.description;
    const wasAlive = this.#alive.delete(executorId);
    if (this.#isStopped || reason === undefined) return;
    if (wasAlive) this.#program?.membership.onExecutorLost(executorId, `${reason.code}: ${reason.message}`);
    if (this.#isStarting) this.#started.reject(reason);
    else slot.replace(life, reason);
  }
}
