// Adds and retires executors while the stream runs, by how much of their interval batches take. It thinks at every
// scaling interval and changes little at a time:
//
//   ratio ≥ scalingUpRatio     as many more as the ratio says, rounded, at least one, up to maxExecutors
//   ratio ≤ scalingDownRatio   one less, if one can be spared
//
// An executor is retired in two steps, so that no work is lost by it: first it gets no new receivers and tasks, then,
// when its last task has ended, it goes. Load that comes back in between calls the retirement off.
import {
  type Clock,
  type ExecutorId,
  type ExecutorScaling,
  type Logger,
  type StreamingEvents,
  type StreamingListener,
  type Timer,
} from '@millrace/core';
import { BatchLoad, type BatchLoadParts } from './batch-load.ts';
import type { ExecutorAllocationOptions } from './executor-allocation-options.ts';

/** Executors that work is given to, as far as the manager changes it. */
export interface ServingExecutors {
  /** Whom nothing new is given to: at most one. */
  spared: ExecutorId | undefined;
  /** Who has no receivers and nothing that only it has, best first. */
  dispensable(): readonly ExecutorId[];
  /** Whether it runs no task. */
  isIdle(executorId: ExecutorId): boolean;
  isAlive(executorId: ExecutorId): boolean;
}

/** What an `ExecutorAllocationManager` is made of. */
export interface ExecutorAllocationManagerParts extends Omit<BatchLoadParts, 'fullRatio'> {
  readonly clock: Clock;
  readonly log: Logger;
  readonly options: ExecutorAllocationOptions;
  readonly scaling: ExecutorScaling;
  readonly serving: ServingExecutors;
}

/** Manages the number of executors of one driver. Started once, stopped once. */
export class ExecutorAllocationManager implements StreamingListener {
  readonly #parts: ExecutorAllocationManagerParts;
  readonly #load: BatchLoad;
  #timer: Timer | undefined;
  #isStopped = false;

  constructor(parts: ExecutorAllocationManagerParts) {
    const { options } = parts;
    this.#parts = parts;
    this.#load = new BatchLoad({ ...parts, fullRatio: options.scalingUpRatio });
  }

  /** The first look is after one scaling interval. */
  start(): void {
    if (!this.#isStopped) this.#lookLater();
  }

  /** Ends it at once; executors stay as they are. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#timer?.cancel();
  }

  onEvent<K extends keyof StreamingEvents>(event: K, value: StreamingEvents[K]): void {
    if (!('batch' in value)) return;
    if (event === 'batch:started') this.#load.started(value.batch);
    if (event !== 'batch:completed') return;
    this.#load.completed(value.batch);
    this.#finishRetirement();
  }

  /** One look after the other: after a standstill there is one, because several would see the same. */
  #lookLater(): void {
    const { clock, options, log } = this.#parts;
    this.#timer = clock.after(options.scalingIntervalMs, () => {
      this.#lookLater();
      try {
        this.#think();
      } catch (error) {
        log.error('executor allocation failed', { error });
      }
    });
  }

  #think(): void {
    const { options, log, scaling } = this.#parts;
    const ratio = this.#load.take();
    log.debug('executor allocation', { ratio, executors: scaling.wanted });
    if (ratio === undefined) return;
    if (ratio >= options.scalingUpRatio) this.#grow(ratio);
    else if (ratio <= options.scalingDownRatio) this.#beginRetirement(ratio);
    this.#finishRetirement();
  }

  #grow(ratio: number): void {
    const { options, scaling, serving, log } = this.#parts;
    let missing = Math.max(Math.round(ratio), 1);
    if (serving.spared !== undefined) {
      log.info('an executor is not retired after all', { executorId: serving.spared, ratio });
      serving.spared = undefined;
      missing -= 1;
    }
    const { wanted } = scaling;
    const target = Math.max(Math.min(options.maxExecutors, wanted + missing), options.minExecutors);
    if (target <= wanted) return;
    log.info('executors are added', { ratio, from: wanted, to: target });
    scaling.add(target - wanted);
  }

  #beginRetirement(ratio: number): void {
    const { options, scaling, serving, log } = this.#parts;
    if (serving.spared !== undefined || scaling.wanted <= options.minExecutors) return;
    const [executorId] = serving.dispensable();
    if (executorId === undefined) {
      log.debug('no executor can be spared', { ratio, executors: scaling.wanted });
      return;
    }
    serving.spared = executorId;
    log.info('an executor gets no new work, to be retired', { executorId, ratio });
  }

  /** What the executor has got meanwhile, a block that came late for instance, lets it stay until it is dispensable. */
  #finishRetirement(): void {
    const { scaling, serving, log } = this.#parts;
    const { spared } = serving;
    if (spared === undefined || this.#isStopped) return;
    if (!serving.isAlive(spared)) serving.spared = undefined;
    else if (serving.isIdle(spared) && serving.dispensable().includes(spared)) {
      serving.spared = undefined;
      log.info('an executor is retired', { executorId: spared, executors: scaling.wanted - 1 });
      scaling.retire(spared).catch((error: unknown) => {
        log.warn('a retired executor did not end well', { executorId: spared, error });
      });
    }
  }
}
