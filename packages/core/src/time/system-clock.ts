// The clock of the machine. One host timer is armed for the soonest of all pending calls. Host timers count elapsed
// time and round to milliseconds; this clock guarantees wall time and exact durations to its callers. The clock
// therefore never trusts a host timer with a whole wait: it wakes a little early, reads both times again, and spends
// the last stretch in turns of the event loop, in which other work continues. Periods below 10 ms are thus met without
// drift, and the clock does not spin while no call is about to be due.
import type { Clock, Timer } from '../contracts/clock.ts';
import { type Moment, PendingCalls } from './pending-calls.ts';
import { assertTime, sleepBy } from './sleep.ts';
import type { PendingCall } from './timer-queue.ts';

/** Shorter waits use turns of the event loop: a host timer is not that exact. */
const TURNS_BELOW_MS = 1.5;

/**
 * The lead of a call's host timer before the due time: the possible delay of a host timer, and a rounded millisecond.
 */
const EARLY_MS = 2;

/**
 * The longest single host timer while a call waits for wall time. Each ending timer reads the wall clock again, so this
 * is also the delay for noticing an adjustment of the wall clock.
 */
const SLICE_MS = 1_000;

/** The longest single host timer, a day: beyond 2^31 ms a host timer fires at once. */
const HOST_TIMER_MAX_MS = 86_400_000;

/** An armed host timer or turn of the event loop. */
interface Armed {
  /** The end of the wait, in monotonic milliseconds: setting the wall clock must not affect an armed timer. */
  readonly wakeMs: number;
  disarm(): void;
}

/**
 * The clock of an engine in real time, and the default.
 *
 * Calls are never early: calls of `schedule` by the wall clock, calls of `after` by monotonic time. Calls are typically
 * less than half a millisecond late while the process is idle, and otherwise as late as the work in between. Pending
 * calls keep the process alive.
 */
export class SystemClock implements Clock {
  readonly #calls = new PendingCalls();
  #armed: Armed | undefined;

  /** Wall time in whole milliseconds since the epoch. */
  now(): number {
    return Date.now();
  }

  /** Milliseconds since the process started, with a fraction; never goes back. */
  monotonicMs(): number {
    return performance.now();
  }

  /**
   * Calls `callback` once at wall time `atMs`, following adjustments of the wall clock within a second.
   *
   * @throws TypeError when `atMs` is NaN.
   */
  schedule(atMs: number, callback: () => void): Timer {
    assertTime(atMs);
    return this.#added(this.#calls.addInstant(atMs, callback));
  }

  /**
   * Calls `callback` once when `delayMs` have passed, independent of changes of the wall clock.
   *
   * @throws TypeError when `delayMs` is NaN.
   */
  after(delayMs: number, callback: () => void): Timer {
    assertTime(delayMs);
    return this.#added(this.#calls.addLength(performance.now() + Math.max(0, delayMs), callback));
  }

  /**
   * Calls `callback` once when `delayMs` have passed, if the process is still alive by then: unlike every other pending
   * call, this call does not keep the process alive. Exact to the millisecond of a host timer.
   */
  afterWhileAlive(delayMs: number, callback: () => void): void {
    setTimeout(callback, delayMs).unref();
  }

  /** Waits until wall time `atMs`. */
  sleepUntil(atMs: number, signal?: AbortSignal): Promise<void> {
    return sleepBy((at, callback) => this.schedule(at, callback), atMs, signal);
  }

  /** Waits for `delayMs`, independent of changes of the wall clock. */
  sleepFor(delayMs: number, signal?: AbortSignal): Promise<void> {
    return sleepBy((delay, callback) => this.after(delay, callback), delayMs, signal);
  }

  /** Arms for a new call when it is the next call. */
  #added(call: PendingCall): Timer {
    // A call behind another one in its own queue is not the next call of all, so the clock need not be read.
    if (call.queue.first === call) this.#arm();
    return { cancel: () => this.#cancel(call) };
  }

  #cancel(call: PendingCall): void {
    call.isCalledOff = true;
    this.#calls.remove(call);
    // An armed timer without a due call arms itself again; only the last timer must be removed, to let the process end.
    if (this.#calls.size === 0) this.#disarm();
  }

  #arm(): void {
    const next = this.#calls.next(moment());
    if (next === undefined) return;
    if (next.remainingMs < TURNS_BELOW_MS) return this.#armTurn();
    const longestMs = this.#calls.hasInstants ? SLICE_MS : HOST_TIMER_MAX_MS;
    this.#armTimer(Math.max(1, Math.floor(Math.min(next.remainingMs - EARLY_MS, longestMs))));
  }

  #armTurn(): void {
    this.#replaceArmed(performance.now(), () => {
      const turn = setImmediate(() => this.#wake());
      return () => clearImmediate(turn);
    });
  }

  #armTimer(delayMs: number): void {
    this.#replaceArmed(performance.now() + delayMs, () => {
      const timer = setTimeout(() => this.#wake(), delayMs);
      return () => clearTimeout(timer);
    });
  }

  /** Arms for `wakeMs`, unless the armed timer ends sooner; that timer then checks the calls and arms for the rest. */
  #replaceArmed(wakeMs: number, arm: () => () => void): void {
    if (this.#armed !== undefined && this.#armed.wakeMs <= wakeMs) return;
    this.#disarm();
    this.#armed = { wakeMs, disarm: arm() };
  }

  #disarm(): void {
    this.#armed?.disarm();
    this.#armed = undefined;
  }

  #wake(): void {
    this.#armed = undefined;
    const due = this.#takeDue();
    let made = 0;
    try {
      for (const call of due) {
        made += 1;
        // An earlier call of this turn may have cancelled a later one.
        if (!call.isCalledOff) call.callback();
      }
    } finally {
      // A throwing callback ends this turn, and ends the process without a handler; the other calls keep their place.
      for (const call of due.slice(made)) if (!call.isCalledOff) this.#calls.restore(call);
      this.#arm();
    }
  }

  /** All calls that are due now. New calls requested by the callbacks wait for a later turn. */
  #takeDue(): PendingCall[] {
    const now = moment();
    const due: PendingCall[] = [];
    for (let call = this.#calls.takeDue(now); call !== undefined; call = this.#calls.takeDue(now))
      due.push(call);
    return due;
  }
}

function moment(): Moment {
  return { wallMs: Date.now(), monotonicMs: performance.now() };
}
