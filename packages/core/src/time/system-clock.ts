// The time of the machine. One timer of the host is armed for the soonest of all pending calls. Host timers count elapsed
// time and round to milliseconds; this clock owes its callers wall time and exact lengths. So it never trusts a host
// timer with the whole wait: it wakes a little early, reads both times again, and spends the last stretch in turns of
// the event loop, in which other work goes on. That meets periods below 10 ms without drift, and it does not spin while
// nothing is about to be due.
import type { Clock, Timer } from '../contracts/clock.ts';
import { type Moment, PendingCalls } from './pending-calls.ts';
import { assertTime, sleepBy } from './sleep.ts';
import type { PendingCall } from './timer-queue.ts';

/** Waits of less than this go by turns of the event loop: a host timer cannot be that exact. */
const TURNS_BELOW_MS = 1.5;

/** How much before its time a call's host timer ends: what a host timer may be late, and a rounded millisecond. */
const EARLY_MS = 2;

/**
 * The longest single host timer while a call waits for wall time. Each one that ends reads the wall clock again, so this
 * is how soon an adjustment of that clock is noticed.
 */
const SLICE_MS = 1_000;

/** The longest single host timer at all, a day: beyond 2^31 ms a host timer fires at once. */
const HOST_TIMER_MAX_MS = 86_400_000;

/** What is armed: a timer of the host or a turn of its event loop. */
interface Armed {
  /** When it ends, in monotonic milliseconds: setting the wall clock must not confuse what is armed already. */
  readonly wakeMs: number;
  disarm(): void;
}

/**
 * The clock of an engine that runs in real time, and the default.
 *
 * Calls are never early: those of `schedule` by the wall clock, those of `after` by monotonic time. They are typically less than half a millisecond late while the process
 * is idle, and otherwise as late as the work in between. Pending calls keep the process alive.
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
   * Calls `callback` once when `delayMs` have passed, whatever the wall clock does meanwhile.
   *
   * @throws TypeError when `delayMs` is NaN.
   */
  after(delayMs: number, callback: () => void): Timer {
    assertTime(delayMs);
    return this.#added(this.#calls.addLength(performance.now() + Math.max(0, delayMs), callback));
  }

  /** Waits until wall time `atMs`. */
  sleepUntil(atMs: number, signal?: AbortSignal): Promise<void> {
    return sleepBy((at, callback) => this.schedule(at, callback), atMs, signal);
  }

  /** Waits for `delayMs`, whatever the wall clock does meanwhile. */
  sleepFor(delayMs: number, signal?: AbortSignal): Promise<void> {
    return sleepBy((delay, callback) => this.after(delay, callback), delayMs, signal);
  }

  /** Arms for a call that was just added, when it is the next one. */
  #added(call: PendingCall): Timer {
    // A call that is not the first of its own queue is not the next of all, and the clock need not be read.
    if (call.queue.first === call) this.#arm();
    return { cancel: () => this.#cancel(call) };
  }

  #cancel(call: PendingCall): void {
    call.isCalledOff = true;
    this.#calls.remove(call);
    // An armed timer that finds nothing due arms itself anew; only the last one has to go, to let the process end.
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

  /** Arms for `wakeMs`, unless what is armed ends sooner; it looks at the calls then, and arms for the rest. */
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
        // An earlier call of this turn may have called off a later one.
        if (!call.isCalledOff) call.callback();
      }
    } finally {
      // A callback that throws ends this turn, and the process unless somebody listens; the others keep their place.
      for (const call of due.slice(made)) if (!call.isCalledOff) this.#calls.restore(call);
      this.#arm();
    }
  }

  /** Everything that is due now. What the callbacks ask for is not in it and waits for a later turn. */
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
