// The time of the machine. One queue holds every pending call, and one timer of the host is armed for the soonest
// of them. Host timers count elapsed time and round to milliseconds; this clock owes its callers wall time. So it
// never trusts a host timer with the whole wait: it wakes a little early, reads the wall clock again, and spends
// the last stretch in turns of the event loop, in which other work goes on. That meets periods below 10 ms without
// drift, and it does not spin while nothing is about to be due.
import type { Clock, Timer } from '../contracts/clock.ts';
import { assertTime, sleepBy } from './sleep.ts';
import { type PendingCall, TimerQueue } from './timer-queue.ts';

/** Waits of less than this go by turns of the event loop: a host timer cannot be that exact. */
const TURNS_BELOW_MS = 1.5;

/** How much before its time a call's host timer ends: what a host timer may be late, and a rounded millisecond. */
const EARLY_MS = 2;

/**
 * The longest single host timer. Each one that ends reads the wall clock again, so this is how soon an adjustment
 * of that clock is noticed; it also keeps delays far below 2^31 ms, beyond which a host timer fires at once.
 */
const SLICE_MS = 1_000;

/** What is armed: a timer of the host or a turn of its event loop. */
interface Armed {
  /** When it ends, in monotonic milliseconds: setting the wall clock must not confuse what is armed already. */
  readonly wakeMs: number;
  disarm(): void;
}

/**
 * The clock of an engine that runs in real time, and the default.
 *
 * Calls are never early by the wall clock. They are typically less than half a millisecond late while the process
 * is idle, and otherwise as late as the work in between. Pending calls keep the process alive.
 */
export class SystemClock implements Clock {
  readonly #queue = new TimerQueue();
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
    const call = this.#queue.add(atMs, callback);
    if (this.#queue.first === call) this.#arm();
    return { cancel: () => this.#cancel(call) };
  }

  /** Waits until wall time `atMs`. */
  sleepUntil(atMs: number, signal?: AbortSignal): Promise<void> {
    return sleepBy((at, callback) => this.schedule(at, callback), atMs, signal);
  }

  #cancel(call: PendingCall): void {
    call.isCalledOff = true;
    this.#queue.remove(call);
    // An armed timer that finds nothing due arms itself anew; only the last one has to go, to let the process end.
    if (this.#queue.size === 0) this.#disarm();
  }

  #arm(): void {
    const first = this.#queue.first;
    if (first === undefined) return;
    const remainingMs = first.atMs - Date.now();
    if (remainingMs < TURNS_BELOW_MS) return this.#armTurn();
    this.#armTimer(Math.max(1, Math.floor(Math.min(remainingMs - EARLY_MS, SLICE_MS))));
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

  /** Arms for `wakeMs`, unless what is armed ends sooner; it looks at the queue then, and arms for the rest. */
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
      for (const call of due.slice(made)) if (!call.isCalledOff) this.#queue.restore(call);
      this.#arm();
    }
  }

  /** Everything that is due now. What the callbacks ask for is not in it and waits for a later turn. */
  #takeDue(): PendingCall[] {
    const now = Date.now();
    const due: PendingCall[] = [];
    for (let call = this.#queue.takeDue(now); call !== undefined; call = this.#queue.takeDue(now))
      due.push(call);
    return due;
  }
}
