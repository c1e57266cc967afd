// A tick every period, for ever: the heartbeat of batches and blocks. Ticks carry their nominal time, a multiple of
// the period, and none is left out: a tick that could not be made in time is made late, with the time it should
// have had, so batch times have neither gaps nor repeats (BAT-2). The next tick is computed from the last nominal
// time and not from now, so there is no drift.
import type { Clock, Timer } from '../contracts/clock.ts';

/** What a recurring timer is made of. */
export interface RecurringTimerOptions {
  readonly clock: Clock;
  /** Length of a period in milliseconds, above 0. */
  readonly periodMs: number;
  /** Called with the nominal time of the tick, in wall milliseconds. Ticks never overlap. */
  readonly callback: (nominalMs: number) => void;
  /** Names the timer in errors, for instance `'job-generator'`. */
  readonly name: string;
  /**
   * Told of what the callback throws; the timer goes on either way. Without it the error is thrown on, from the
   * clock, after the next tick was asked for.
   */
  readonly onError?: (error: unknown, nominalMs: number) => void;
}

/** Calls back at every multiple of a period. It can be started once. */
export class RecurringTimer {
  readonly #options: RecurringTimerOptions;
  readonly #stopped = Promise.withResolvers<number>();
  #state: 'new' | 'ticking' | 'stopping' | 'last-tick' | 'stopped' = 'new';
  #timer: Timer | undefined;
  #nextMs = 0;
  #lastMs = -1;

  /** @throws TypeError when the period is not a positive number. */
  constructor(options: RecurringTimerOptions) {
    if (!(options.periodMs > 0) || options.periodMs === Infinity) {
      throw new TypeError(`timer ${options.name} needs a period above 0 ms, got ${options.periodMs}`);
    }
    this.#options = options;
  }

  /** The next multiple of the period strictly after now, also when now is a multiple itself. */
  getStartTime(): number {
    return this.getRestartTime(0);
  }

  /** The next time strictly after now that is a whole number of periods away from `originMs`. */
  getRestartTime(originMs: number): number {
    const { clock, periodMs } = this.#options;
    return (Math.floor((clock.now() - originMs) / periodMs) + 1) * periodMs + originMs;
  }

  /**
   * Begins to tick, first at `atMs`; a time that has passed ticks at once, and so do all that were missed since.
   *
   * @param atMs The first nominal time in wall milliseconds; `getStartTime()` by default.
   * @returns the first nominal time.
   * @throws TypeError on a second start, and after a stop.
   */
  start(atMs = this.getStartTime()): number {
    if (this.#state !== 'new')
      throw new TypeError(`timer ${this.#options.name} was started or stopped before`);
    this.#state = 'ticking';
    this.#nextMs = atMs;
    this.#wait();
    return atMs;
  }

  /**
   * Ends the ticking.
   *
   * Interrupted, nothing is called any more. Otherwise the tick being waited for is still made, and **one more**
   * after it: it flushes what arrived meanwhile. That takes up to two periods of the clock. Stopping again returns
   * the same time; an interrupting stop cuts one short that still waits.
   *
   * @returns the nominal time of the last tick that was made, -1 if there was none.
   */
  stop(options: { readonly interrupt: boolean }): Promise<number> {
    if (options.interrupt || this.#state === 'new') this.#finish();
    else if (this.#state === 'ticking') this.#state = 'stopping';
    return this.#stopped.promise;
  }

  #wait(): void {
    this.#timer = this.#options.clock.schedule(this.#nextMs, () => this.#tick());
  }

  #tick(): void {
    const nominalMs = this.#nextMs;
    const isLast = this.#state === 'last-tick';
    this.#lastMs = nominalMs;
    this.#nextMs += this.#options.periodMs;
    try {
      this.#options.callback(nominalMs);
    } catch (error) {
      if (this.#options.onError === undefined) throw error;
      this.#options.onError(error, nominalMs);
    } finally {
      this.#goOn(isLast);
    }
  }

  /** Asks for the next tick. A stop that was seen by now leaves exactly one. */
  #goOn(wasLast: boolean): void {
    if (wasLast) return this.#finish();
    if (this.#state === 'stopped') return;
    if (this.#state === 'stopping') this.#state = 'last-tick';
    this.#wait();
  }

  #finish(): void {
    this.#state = 'stopped';
    this.#timer?.cancel();
    this.#stopped.resolve(this.#lastMs);
  }
}
