// Adds and retires executors while the stream runs, by the ratio of processing time to batch interval. The manager
// decides at every scaling interval and changes little at a time:
//
//   ratio ≥ scalingUpRatio     add the rounded ratio of executors, at least one, up to maxExecutors
//   ratio ≤ scalingDownRatio   retire one executor, if one can be drained
//
// Retiring an executor takes two steps, so that no work is lost: first the executor gets no new receivers and tasks,
// then, when its last task has ended, it is removed. Load that returns in between cancels the retirement.
import type { Clock, ExecutorId, Logger, StreamingEvents, StreamingListener, Timer } from '@millrace/core';
import type { ExecutorScaling } from '@millrace/core/engine';
import { BatchLoad, type BatchLoadDeps } from './batch-load.ts';
import type { ExecutorAllocationOptions } from './executor-allocation-options.ts';

/** The executors that get work, as far as the manager changes them. */
export interface ServingExecutors {
  /** The executor that gets no new work: at most one. */
  draining: ExecutorId | undefined;
  /** Executors without receivers and without the only copy of any data, best first. */
  removableExecutors(): readonly ExecutorId[];
  /** True when the executor runs no task. */
  isIdle(executorId: ExecutorId): boolean;
  isAlive(executorId: ExecutorId): boolean;
}

/** The collaborators of an `ExecutorAllocationManager`. */
export interface ExecutorAllocationManagerDeps extends Omit<BatchLoadDeps, 'fullRatio'> {
  readonly clock: Clock;
  readonly log: Logger;
  readonly options: ExecutorAllocationOptions;
  readonly scaling: ExecutorScaling;
  readonly serving: ServingExecutors;
}

/** Manages the number of executors of one driver. Started once, stopped once. */
export class ExecutorAllocationManager implements StreamingListener {
  readonly #deps: ExecutorAllocationManagerDeps;
  readonly #load: BatchLoad;
  #timer: Timer | undefined;
  #isStopped = false;

  constructor(deps: ExecutorAllocationManagerDeps) {
    const { options } = deps;
    this.#deps = deps;
    this.#load = new BatchLoad({ ...deps, fullRatio: options.scalingUpRatio });
  }

  /** The first check comes after one scaling interval. */
  start(): void {
    if (!this.#isStopped) this.#lookLater();
  }

  /** Stops at once; the executors stay as they are. */
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

  /** One check after the other: a standstill is followed by one check, because several would see the same state. */
  #lookLater(): void {
    const { clock, options, log } = this.#deps;
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
    const { options, log, scaling } = this.#deps;
    const ratio = this.#load.take();
    log.debug('executor allocation', { ratio, executors: scaling.wanted });
    if (ratio === undefined) return;
    if (ratio >= options.scalingUpRatio) this.#grow(ratio);
    else if (ratio <= options.scalingDownRatio) this.#beginRetirement(ratio);
    this.#finishRetirement();
  }

  #grow(ratio: number): void {
    const { options, scaling, serving, log } = this.#deps;
    let missing = Math.max(Math.round(ratio), 1);
    if (serving.draining !== undefined) {
      log.info('the retirement of an executor is cancelled', { executorId: serving.draining, ratio });
      serving.draining = undefined;
      missing -= 1;
    }
    const { wanted } = scaling;
    const target = Math.max(Math.min(options.maxExecutors, wanted + missing), options.minExecutors);
    if (target <= wanted) return;
    log.info('adding executors', { ratio, from: wanted, to: target });
    scaling.add(target - wanted);
  }

  #beginRetirement(ratio: number): void {
    const { options, scaling, serving, log } = this.#deps;
    if (serving.draining !== undefined || scaling.wanted <= options.minExecutors) return;
    const [executorId] = serving.removableExecutors();
    if (executorId === undefined) {
      log.debug('no executor can be retired', { ratio, executors: scaling.wanted });
      return;
    }
    serving.draining = executorId;
    log.info('an executor receives no new work before its retirement', { executorId, ratio });
  }

  /** A draining executor that got new data meanwhile, for instance a late block, stays until it is removable again. */
  #finishRetirement(): void {
    const { scaling, serving, log } = this.#deps;
    const { draining } = serving;
    if (draining === undefined || this.#isStopped) return;
    if (!serving.isAlive(draining)) serving.draining = undefined;
    else if (serving.isIdle(draining) && serving.removableExecutors().includes(draining)) {
      serving.draining = undefined;
      log.info('an executor is retired', { executorId: draining, executors: scaling.wanted - 1 });
      scaling.retire(draining).catch((error: unknown) => {
        log.warn('a retired executor failed while ending', { executorId: draining, error });
      });
    }
  }
}
