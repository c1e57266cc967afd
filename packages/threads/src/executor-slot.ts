// The place of an executor. While it is open, somebody sits in it: who is gone is replaced, at once after a long life and
// later and later after short ones, never later than the bound. A place that was closed can be opened again; lives are
// counted on, so that no executor has the name of another. A life that ended for a reason that no other can heal, such as
// a program that differs, is not followed by another: the engine is told.
import type { Clock, ExecutorId, Logger, MillraceError, RandomSource, Timer } from '@millrace/core';
import { engineStopper } from '@millrace/core/engine';
import type { ExecutorLife } from './executor-life.ts';
import type { ThreadsOptions } from './threads.options.ts';

/** What a slot is made of. */
export interface ExecutorSlotDeps {
  readonly index: number;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly log: Logger;
  readonly options: ThreadsOptions;
  /** Begins a life; `life` counts those before it. */
  readonly launch: (slot: ExecutorSlot, life: number) => ExecutorLife;
  /** Told instead of another try when no try can succeed (disposition `stop-engine`). */
  readonly onFailed: (error: unknown) => void;
}

/** A life of this length was healthy, in milliseconds: the next delay is the first again. */
const HEALTHY_MS = 60_000;

/** A place that is kept filled. */
export class ExecutorSlot {
  readonly index: number;
  readonly #deps: ExecutorSlotDeps;
  #life: ExecutorLife | undefined;
  #lives = 0;
  #failures = 0;
  #timer: Timer | undefined;
  #isClosed = false;

  constructor(deps: ExecutorSlotDeps) {
    this.index = deps.index;
    this.#deps = deps;
  }

  /** Who sits here, or is on the way. */
  get executorId(): ExecutorId | undefined {
    return this.#isClosed ? undefined : this.#life?.description.executorId;
  }

  /** Opens it, again if it was closed. A life that cannot begin is tried again like one that has ended. */
  open(): void {
    this.#isClosed = false;
    this.#failures = 0;
    this.#fillOrLater();
  }

  /** Begins the next life. @throws what launching throws. */
  fill(): void {
    this.#life = this.#deps.launch(this, this.#lives);
    this.#lives += 1;
  }

  /** The life is over and was not asked to end: another one begins after a delay. */
  replace({ readySinceMs }: ExecutorLife, reason: MillraceError): void {
    if (this.#isClosed) return;
    const { clock } = this.#deps;
    const isHealthy = readySinceMs !== undefined && clock.monotonicMs() - readySinceMs >= HEALTHY_MS;
    if (isHealthy) this.#failures = 0;
    this.#fillLater(reason);
  }

  #fillLater(reason: unknown): void {
    const { clock, random, log, options, onFailed } = this.#deps;
    const fatal = engineStopper(reason);
    if (fatal !== undefined) return onFailed(fatal);
    this.#failures += 1;
    const fullMs = options.restartDelayMs * 2 ** Math.min(this.#failures - 1, 30);
    // Between half and all of it, so that executors that died together do not come back together.
    const delayMs = Math.round(Math.min(fullMs, options.restartDelayMaxMs) * (0.5 + random.next() / 2));
    log.warn('an executor is replaced', { slot: this.index, delayMs, reason });
    this.#timer = clock.after(delayMs, () => this.#fillOrLater());
  }

  #fillOrLater(): void {
    try {
      this.fill();
    } catch (error) {
      // The system may have no thread to give at this moment.
      this.#fillLater(error);
    }
  }

  /** Ends whoever sits here and keeps the place empty until it is opened. May be repeated. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#timer?.cancel();
    await this.#life?.end();
  }
}
