// A tick every period, without end: the heartbeat of batches and blocks. Ticks carry their nominal time, a multiple of
// the period. The wall clock aligns the ticks and the monotonic clock paces the ticks:
//
//   on time                   tick at its nominal time, from which the next one is computed, so there is no drift
//   late                      every missed tick is made, with its nominal time (BAT-2), up to a bound
//   wall clock set forward    likewise: the nominal times in between were missed
//   wall clock set back       ticks continue, a tenth slower, with times ahead of the wall clock until it has caught up
import type { Clock, Timer } from '../contracts/clock.ts';

/** Options of a recurring timer. */
export interface RecurringTimerOptions {
  readonly clock: Clock;
  /** Length of a period in milliseconds, above 0. */
  readonly periodMs: number;
  /** Called with the nominal time of the tick, in wall milliseconds. Ticks never overlap. */
  readonly callback: (nominalMs: number) => void;
  /** Names the timer in errors, for instance `'job-generator'`. */
  readonly name: string;
  /**
   * Receives errors of the callback; the timer continues in any case. Without this function the clock throws the error,
   * after the next tick was requested.
   */
  readonly onError?: (error: unknown, nominalMs: number) => void;
  /**
   * The largest number of missed ticks to be made up. Beyond this number, only the latest missed tick is made. Default
   * 10,000: a clock that is set from 1970 to now must not keep a program busy for days.
   */
  readonly missedMax?: number;
  /**
   * True: nominal times may repeat when the wall clock is set back; the period then keeps its length, and a tick may be
   * a millisecond late. Default false: ticks are exact, nominal times increase, and periods are a tenth longer until the
   * wall clock has caught up.
   */
  readonly mayRepeat?: boolean;
}

/** Ticks ahead of the wall clock are slower by this part of the period. */
const SLOWER = 10;

/** The default of `missedMax`. */
const MISSED_MAX = 10_000;

/** Calls back at every multiple of a period. A timer can be started once. */
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

  /** The next multiple of the period strictly after now, even when now is a multiple. */
  getStartTime(): number {
    return this.getRestartTime(0);
  }

  /** The next time strictly after now at a distance of whole periods from `originMs`. */
  getRestartTime(originMs: number): number {
    const { clock, periodMs } = this.#options;
    return (Math.floor((clock.now() - originMs) / periodMs) + 1) * periodMs + originMs;
  }

  /**
   * Starts to tick, first at `atMs`; a past time ticks at once, followed by the ticks missed since that time.
   *
   * @param atMs The first nominal time in wall milliseconds; `getStartTime()` by default.
   * @param withinMs The longest delay before the first tick; by default the time from now to `atMs`.
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
   * Interrupted: no further call. Otherwise the pending tick is still made, and **one more** after it: that tick
   * flushes data that arrived meanwhile. The two ticks take up to two periods of the clock. Stopping again returns the
   * same time; an interrupting stop shortens a waiting stop.
   *
   * @returns the nominal time of the last tick, -1 if there was none.
   */
  stop(options: { readonly interrupt: boolean }): Promise<number> {
    if (options.interrupt || this.#state === 'new') this.#finish();
    else if (this.#state === 'ticking') this.#state = 'stopping';
    return this.#stopped.promise;
  }

  /** A timer that may repeat waits for lengths only: exact instants cost processor time, see `SystemClock`. */
  #wait(withinMs: number): void {
    const { clock, mayRepeat = false } = this.#options;
    const tick = (): void => this.#tick();
    if (!mayRepeat) this.#timer = clock.schedule(this.#nextMs, tick);
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

  /** Requests the next tick. A stop before this point leaves exactly one tick. */
  #goOn(wasLast: boolean): void {
    if (wasLast) return this.#finish();
    if (this.#state === 'stopped') return;
    if (this.#state === 'stopping') this.#state = 'last-tick';
    const { clock, periodMs, mayRepeat = false } = this.#options;
    const toNextMs = this.#nextMs - clock.now();
    if (mayRepeat && toNextMs > 2 * periodMs) this.#nextMs = this.getRestartTime(this.#nextMs);
    this.#wait(mayRepeat ? Math.min(this.#nextMs - clock.now(), periodMs) : periodMs + periodMs / SLOWER);
  }

  /** The time of the due tick; of the latest due tick when the number of missed ticks exceeds the bound. */
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
