// The slot of an executor. An open slot is kept filled: a lost executor is replaced at once after a long life, with
// growing delays after short lives, and never later than the bound. A closed slot can be opened again; lives are
// counted on, so that no two executors have the same name. After a life that ended for a permanent reason, such as a
// program that differs, no other life follows: the engine receives the error.
import {
  backOffDelayMs,
  type Clock,
  type ExecutorId,
  isMillraceError,
  type Logger,
  type MillraceError,
  type RandomSource,
  type Timer,
} from '@millrace/core';
import { engineStopper } from '@millrace/core/engine';
import type { ExecutorLife } from './executor-life.ts';
import type { RemoteExecutorOptions } from './remote-options.ts';

/** Collaborators of an `ExecutorSlot`. */
export interface ExecutorSlotDeps {
  readonly index: number;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly log: Logger;
  readonly options: RemoteExecutorOptions;
  /** Begins a life; `life` is the number of earlier lives. */
  readonly launch: (slot: ExecutorSlot, life: number) => ExecutorLife;
  /** Called with each reason why the slot is empty. */
  readonly onEmpty?: (reason: unknown) => void;
  /** Called in place of another attempt when no attempt can succeed (disposition `stop-engine`). */
  readonly onFailed: (error: unknown) => void;
}

/** The length of a healthy life, in milliseconds: afterwards the delays start again with the first. */
const HEALTHY_MS = 60_000;

/** A slot that is kept filled. */
export class ExecutorSlot {
  readonly index: number;
  readonly #deps: ExecutorSlotDeps;
  #life: ExecutorLife | undefined;
  #lives = 0;
  #failures = 0;
  #timer: Timer | undefined;
  #isClosed = false;
  #waitsForPlace = false;
  /** The reason of the wait for a place that the log has, so that the log gets no line for each beat of a host. */
  #toldReason: string | undefined;

  constructor(deps: ExecutorSlotDeps) {
    this.index = deps.index;
    this.#deps = deps;
  }

  /** The executor of this slot, ready or starting. */
  get executorId(): ExecutorId | undefined {
    return this.#isClosed ? undefined : this.#life?.description.executorId;
  }

  /** Opens the slot, also after closing. A failed launch is repeated like a life that has ended. */
  open(): void {
    this.#isClosed = false;
    this.#waitsForPlace = false;
    this.#failures = 0;
    this.#fillOrLater();
  }

  /** Begins the next life. @throws any error of the launcher. */
  fill(): void {
    this.#life = this.#deps.launch(this, this.#lives);
    this.#lives += 1;
  }

  /** The life is over without a request: another life begins after a delay. */
  replace({ readySinceMs }: ExecutorLife, reason: MillraceError): void {
    if (this.#isClosed) return;
    const { clock } = this.#deps;
    if (readySinceMs !== undefined) this.#toldReason = undefined;
    const isHealthy = readySinceMs !== undefined && clock.monotonicMs() - readySinceMs >= HEALTHY_MS;
    if (isHealthy) this.#failures = 0;
    this.#fillLater(reason);
  }

  /** Fills the slot when the last launch found no place. */
  wake(): void {
    if (this.#isClosed || !this.#waitsForPlace) return;
    this.#waitsForPlace = false;
    this.#fillOrLater();
  }

  #fillLater(reason: unknown): void {
    const { clock, random, log, options, onEmpty, onFailed } = this.#deps;
    onEmpty?.(reason);
    const fatal = engineStopper(reason);
    if (fatal !== undefined) return onFailed(fatal);
    if (isMillraceError(reason, 'MR_REMOTE_NO_PLACE')) {
      this.#waitsForPlace = true;
      if (reason.message !== this.#toldReason)
        log.info('an executor waits for a place', { slot: this.index, reason });
      this.#toldReason = reason.message;
      return;
    }
    this.#failures += 1;
    // Between half of the delay and the full delay, so that executors that died together do not restart together.
    const { restartDelayMs: firstMs, restartDelayMaxMs: maxMs } = options;
    const delayMs = backOffDelayMs(this.#failures - 1, { firstMs, maxMs, random });
    log.warn('an executor is replaced', { slot: this.index, delayMs, reason });
    this.#timer = clock.after(delayMs, () => this.#fillOrLater());
  }

  #fillOrLater(): void {
    try {
      this.fill();
    } catch (error) {
      // The system may have no free thread at this moment.
      this.#fillLater(error);
    }
  }

  /** Ends the executor of this slot and keeps the slot empty until it is opened again. May be repeated. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#timer?.cancel();
    await this.#life?.end();
  }
}
