// The `ExecutorBackend` of executors with a program copy each. The backend keeps its places filled, reports executors to
// the engine, connects executors with each other, and transports requests. The launcher hides threads, processes or hosts.
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
import {
  type DriverProgram,
  engineStopper,
  type ExecutorProtocol,
  type ExecutorScaling,
  type ServedMasters,
} from '@millrace/core/engine';
import type { ExecutorLauncher } from './executor-launcher.ts';
import { ExecutorLife } from './executor-life.ts';
import { ExecutorSlot } from './executor-slot.ts';
import { ExecutorPlaces } from './executor-places.ts';
import { remoteError } from './remote-errors.ts';
import type { RemoteExecutorOptions } from './remote-options.ts';

/** Collaborators of the backend. */
export interface RemoteExecutorBackendDeps {
  readonly launcher: ExecutorLauncher;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly log: Logger;
  readonly options: RemoteExecutorOptions;
  /** The name of the backend in messages, for instance `threads`. */
  readonly name: string;
}

/** Executors over any transport. */
export class RemoteExecutorBackend implements ExecutorBackend {
  readonly name: string;
  readonly isRemote = true;
  readonly spansHosts: boolean;
  readonly serves?: ServedMasters;
  readonly #deps: RemoteExecutorBackendDeps;
  /** In order of registration. */
  readonly #alive = new Map<ExecutorId, ExecutorLife>();
  readonly #slots: ExecutorPlaces;
  readonly scaling: ExecutorScaling;
  #program: DriverProgram | undefined;
  #newestFailure: unknown;
  /** Settled when all executors of the start are ready, or one of them has failed. */
  readonly #started = Promise.withResolvers<void>();
  #isStarting = false;
  #isStopped = false;
  /** True after the slots of the start were opened. */
  #isFilled = false;
  /** True when the number of executors follows the places: nothing else requests a number. */
  #followsPlaces = false;

  constructor(deps: RemoteExecutorBackendDeps) {
    const { options, launcher } = deps;
    this.name = deps.name;
    this.spansHosts = launcher.spansHosts === true;
    if (launcher.serves !== undefined) this.serves = launcher.serves;
    this.#deps = deps;
    const slots = new ExecutorPlaces(
      (index) =>
        new ExecutorSlot({
          ...deps,
          index,
          options,
          launch: (slot, life) => this.#launch(slot, life),
          onEmpty: (reason) => (this.#newestFailure = reason),
          onFailed: (error) => this.#onFailed(error),
        }),
    );
    this.#slots = slots;
    this.scaling = {
      get wanted() {
        return slots.count;
      },
      get maxUseful() {
        return launcher.places;
      },
      add: (count) => {
        this.#followsPlaces = false;
        if (!this.#isStopped) slots.open(count);
      },
      retire: (executorId) => this.#retire(executorId),
    };
    launcher.onPlaces?.(() => this.#onPlaces());
    // The start awaits this promise; after a stop without a start, the rejection has no handler.
    this.#started.promise.catch(() => undefined);
  }

  /**
   * Resolves when all executors are ready. Where places come and go, only executors that have a place are awaited, and no
   * longer than until the first of them fails.
   *
   * @throws the reason of the first failed executor, after all executors have been ended: `MR_REMOTE_PROGRAM_DIFFERS`,
   * `MR_REMOTE_PROGRAM_ENDED`, `MR_REMOTE_NOT_READY`, …; `MR_REMOTE_ALREADY_STARTED`, and the codes of the launcher.
   */
  async start(program: DriverProgram): Promise<void> {
    if (this.#program !== undefined)
      throw remoteError('MR_REMOTE_ALREADY_STARTED', 'the executors have been started already');
    this.#program = program;
    this.#isStarting = true;
    try {
      await this.#fill(program);
      await this.#started.promise;
    } catch (error) {
      await this.stop();
      throw error;
    } finally {
      this.#isStarting = false;
    }
  }

  get newestFailure(): unknown {
    return this.#newestFailure;
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
    this.#started.reject(remoteError('MR_REMOTE_STOPPED', 'the executors were stopped'));
    await this.#slots.closeAll();
    this.#alive.clear();
    await this.#deps.launcher.close?.();
  }

  async #fill(program: DriverProgram): Promise<void> {
    const { launcher } = this.#deps;
    const { application, epoch = 0 } = program;
    const wanted = this.#wantedBy(program);
    await launcher.open?.({ application, epoch, wanted });
    if (this.#isStopped) return;
    const count = wanted ?? launcher.places;
    this.#followsPlaces = wanted === undefined;
    if (launcher.onPlaces === undefined) this.#slots.fill(count);
    else this.#slots.open(count);
    this.#isFilled = true;
    this.#lookIfStarted();
  }

  /** A host has joined or is gone, or a place has become free. */
  #onPlaces(): void {
    if (this.#isStopped || !this.#isFilled) return;
    const missing = this.#deps.launcher.places - this.#slots.count;
    if (this.#followsPlaces && missing > 0) this.#slots.open(missing);
    this.#slots.wake();
    this.#lookIfStarted();
  }

  #lookIfStarted(): void {
    const { launcher } = this.#deps;
    const awaited =
      launcher.onPlaces === undefined ? this.#slots.count : Math.min(this.#slots.count, launcher.places);
    if (this.#isFilled && this.#alive.size >= awaited) this.#started.resolve();
  }

  /** The engine loses the executor before the end, so that no request is sent meanwhile. */
  async #retire(executorId: ExecutorId): Promise<void> {
    if (this.#isStopped || !this.#alive.delete(executorId)) return;
    this.#followsPlaces = false;
    this.#program?.membership.onExecutorLost(executorId, 'retired');
    await this.#slots.close(executorId);
  }

  #onFailed(error: unknown): void {
    if (!this.#isStopped) this.#program?.membership.onFailed?.(error);
  }

  /** The requested number of executors; undefined: one for each place. */
  #wantedBy({ executors }: DriverProgram): number | undefined {
    return executors === 'one-per-core' ? undefined : (executors ?? this.#deps.options.executors);
  }

  #launch(slot: ExecutorSlot, life: number): ExecutorLife {
    const { launcher, clock, log, options } = this.#deps;
    const program = this.#program as DriverProgram;
    const launched = launcher.launch({ index: slot.index, life, application: program.application });
    const { executorId, host } = launched;
    return new ExecutorLife({
      description: { executorId, host, cores: options.cores },
      launched,
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
      const [one, two] = this.#deps.launcher.pair(life.description, other.description);
      life.connect(otherId, one);
      other.connect(executorId, two);
    }
    this.#alive.set(executorId, life);
    this.#program?.membership.onExecutorAdded(life.description);
    this.#lookIfStarted();
  }

  #onOver(slot: ExecutorSlot, life: ExecutorLife, reason: MillraceError | undefined): void {
    const { executorId } = life.description;
    const wasAlive = this.#alive.delete(executorId);
    if (this.#isStopped || reason === undefined) return;
    if (wasAlive) this.#program?.membership.onExecutorLost(executorId, `${reason.code}: ${reason.message}`);
    const isForGood = this.#deps.launcher.onPlaces === undefined || engineStopper(reason) !== undefined;
    if (this.#isStarting && isForGood) return this.#started.reject(reason);
    this.#started.resolve();
    slot.replace(life, reason);
  }
}
