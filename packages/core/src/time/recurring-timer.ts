// A tick every period, for ever: the heartbeat of batches and blocks. Ticks carry their nominal time, a multiple of
// the period. The wall clock aligns them and the monotonic clock paces them:
//
//   on time                   tick at its nominal time; the next one is computed from it, so there is no drift
//   late                      every missed tick is made, with the time it should have had (BAT-2), up to a bound
//   wall clock set forward    likewise: the nominal times in between were missed
//   wall clock set back       ticks go on, a tenth slower, with times ahead of the wall clock until that has caught up
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
  /**
   * How many missed ticks are made up for. When more were missed, only the latest of them is made. Default 10,000: a clock
   * that is set from 1970 to now must not keep a program busy for days.
   */
  readonly missedMax?: number;
  /**
   * Whether nominal times may come again when the wall clock is set back; the period is then as long as ever. Default
   * false: nominal times increase, and periods are a tenth longer until the wall clock has caught up.
   */
  readonly mayRepeat?: boolean;
}

/** Ticks that are ahead of the wall clock are slower by this part of the period. */
const SLOWER = 10;

/** How many missed ticks are made up for unless told otherwise. */
const MISSED_MAX = 10_000;

/** Calls back at every multiple of a period. It can be started once. */
export class RecurringTimer {
  readonly #options: RecurringTimerOptions;
  readonly #stopped = Promise.withResolvers<number>();
  #state: 'new' | 'ticking' | 'stopping' | 'last-tick' | 'stopped' = 'new';
  #timer: Timer | undefined;
  /** Ends the wait when the wall clock was set back meanwhile. */
  #guard: Timer | undefined;
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
   * Begins to tick, first at `atMs`; a time that has passed ticks at once, and so do those that were missed since.
   *
   * @param atMs The first nominal time in wall milliseconds; `getStartTime()` by default.
   * @param withinMs After how long the first tick is made at the latest; by default what there is from now to `atMs`.
   * @returns the first nominal time.
   * @throws TypeError on a second start, and after a stop.
   */
  start(atMs = this.getStartTime(), withinMs = Math.max(0, atMs - this.#options.clock.now())): number {
    if (this.#state !== 'new')
      throw new TypeError(`timer ${this.#options.name} was started or stopped before`);
    this.#state = 'ticking';
    this.#nextMs = atMs;
    this.#wait(withinMs);
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

  #wait(withinMs: number): void {
    const { clock } = this.#options;
    const tick = (): void => this.#tick();
    this.#timer = clock.schedule(this.#nextMs, tick);
    this.#guard = clock.after(withinMs, tick);
  }

  #tick(): void {
    this.#callOff();
    const nominalMs = this.#nextNominalMs();
    const isLast = this.#state === 'last-tick';
    this.#lastMs = nominalMs;
    this.#nextMs = nominalMs + this.#options.periodMs;
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
    const { clock, periodMs, mayRepeat = false } = this.#options;
    const toNextMs = this.#nextMs - clock.now();
    if (mayRepeat && toNextMs > 2 * periodMs) this.#nextMs = this.getRestartTime(this.#nextMs);
    this.#wait(mayRepeat ? Math.min(this.#nextMs - clock.now(), periodMs) : periodMs + periodMs / SLOWER);
  }

  /** The time of the tick that is due; of the latest, when more were missed than are made up for. */
  #nextNominalMs(): number {
    const { clock, periodMs, missedMax = MISSED_MAX } = this.#options;
    const missed = Math.floor((clock.now() - this.#nextMs) / periodMs);
    return missed > missedMax ? this.#nextMs + missed * periodMs : this.#nextMs;
  }

  #callOff(): void {
    this.#timer?.cancel();
    this.#guard?.cancel();
  }

  #finish(): void {
    this.#state = 'stopped';
    this.#callOff();
    this.#stopped.resolve(this.#lastMs);
  }
}
