// The clock of the machine. One host timer is armed for the soonest of all pending calls. Host timers count elapsed time
// in whole milliseconds, so a host timer alone would be up to a millisecond late, and after a long wait by more. The
// clock therefore never trusts a host timer with a long wait: it wakes early and reads both times again.
//
// An instant is exact: when a rounded timer would be too late, the clock spends the last part of a millisecond in turns
// of the event loop, in which other work continues. Periods below 10 ms are met without drift. A length is rounded up
// to the millisecond of a host timer, and never spins.
import type { Clock, Timer } from '../contracts/clock.ts';
import { type Moment, PendingCalls } from './pending-calls.ts';
import { assertTime, sleepBy } from './sleep.ts';
import type { PendingCall } from './timer-queue.ts';

/** The longest wait for an instant in turns of the event loop; a call is at most about the rest of a millisecond late. */
const TURNS_BELOW_MS = 0.6;

/** A longer wait ends early: a system may delay a host timer by a part of its length, half a percent on Linux. */
const LONG_MS = 20;
const LONG_PART = 0.99;

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
 * Calls are never early: calls of `schedule` by the wall clock, calls of `after` by monotonic time. While the process is
 * idle, calls of `schedule` are typically less than half a millisecond late, calls of `after` less than one and a half;
 * otherwise calls are as late as the work in between. Pending calls keep the process alive.
 */
export class SystemClock implements Clock {
  readonly #calls = new PendingCalls();
  readonly #wall = new FineWallTime();
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
    if (this.#calls.size === 0) return;
    const monotonicMs = performance.now();
    const { toInstantMs, toLengthMs } = this.#calls.remaining({
      wallMs: this.#wall.at(Date.now(), monotonicMs),
      monotonicMs,
    });
    const delayMs = Math.min(delayToInstant(toInstantMs), delayToLength(toLengthMs));
    if (delayMs === 0) this.#armTurn();
    else this.#armTimer(Math.min(delayMs, this.#calls.hasInstants ? SLICE_MS : HOST_TIMER_MAX_MS));
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

/**
 * Wall time with a fraction, which the host does not tell. The difference of both times lies within a millisecond of each
 * pair of readings, so the readings of a while tell the difference closely, also when the wall clock is set or drifts.
 */
class FineWallTime {
  #aheadMs = performance.timeOrigin;

  at(wallMs: number, monotonicMs: number): number {
    this.#aheadMs = Math.min(Math.max(this.#aheadMs, wallMs - monotonicMs), wallMs + 1 - monotonicMs);
    return monotonicMs + this.#aheadMs;
  }
}

/** Whole milliseconds to the next look at an instant; 0: the next turn of the event loop. */
function delayToInstant(remainingMs: number): number {
  const upMs = Math.ceil(remainingMs);
  const isExact = upMs - remainingMs <= 1 - TURNS_BELOW_MS;
  if (remainingMs > LONG_MS || isExact) return delayToLength(remainingMs);
  return Math.max(0, upMs - 1);
}

/** Whole milliseconds to the next look at a length; 0: the length is over. */
function delayToLength(remainingMs: number): number {
  if (remainingMs > LONG_MS) return Math.floor(remainingMs * LONG_PART);
  return Math.max(0, Math.ceil(remainingMs));
}

function moment(): Moment {
  return { wallMs: Date.now(), monotonicMs: performance.now() };
}
