// Time that moves when it is told to. A test, or a replay, advances it; every call that becomes due on the way is
// made at its own time, and the work it sets off is let finish before time moves on. So a test that advances by an
// hour sees what an hour would bring, in the same order each time, and takes milliseconds.
import type { Clock, Timer } from '../contracts/clock.ts';
import { type Moment, type NextCall, PendingCalls } from './pending-calls.ts';
import { assertTime, sleepBy } from './sleep.ts';

/**
 * Turns of the event loop given to promise work after each call. One is enough for promises; the second is for work
 * that itself waits for a turn.
 */
const TURNS_TO_SETTLE = 2;

/** More calls than this at one and the same instant mean that somebody asks again and again without waiting. */
const CALLS_AT_ONE_TIME_MAX = 100_000;

/**
 * A clock moved by hand.
 *
 * It keeps every promise of `Clock`, also the one about time that has come: a call due at or before `now` needs no
 * `advance`, it is made in a later turn of the event loop.
 */
export class ManualClock implements Clock {
  readonly #calls = new PendingCalls();
  #nowMs: number;
  #monotonicMs = 0;
  #isMoving = false;
  #turn: NodeJS.Immediate | undefined;

  /** @param startMs Wall time at the start, in milliseconds since the epoch; 0 by default. */
  constructor(startMs = 0) {
    assertFinite(startMs);
    this.#nowMs = startMs;
  }

  /** The wall time to which it was moved, in whole milliseconds. */
  now(): number {
    return Math.floor(this.#nowMs);
  }

  /** How much time has passed since it was made, in milliseconds; setting wall time changes nothing. */
  monotonicMs(): number {
    return this.#monotonicMs;
  }

  /** How many calls are waiting; 0 at the end of a test shows that nothing was left running. */
  get pendingTimers(): number {
    return this.#calls.size;
  }

  /** Calls `callback` when the clock has been moved to `atMs`. */
  schedule(atMs: number, callback: () => void): Timer {
    assertTime(atMs);
    // What is late is due now: behind what was already due, so that the late cannot keep the punctual waiting.
    const call = this.#calls.addInstant(Math.max(atMs, this.#nowMs), callback);
    this.#makeDueCallsLater();
    return { cancel: () => this.#calls.remove(call) };
  }

  /** Calls `callback` when `delayMs` have passed, wherever wall time is set meanwhile. */
  after(delayMs: number, callback: () => void): Timer {
    assertTime(delayMs);
    const call = this.#calls.addLength(this.#monotonicMs + Math.max(0, delayMs), callback);
    this.#makeDueCallsLater();
    return { cancel: () => this.#calls.remove(call) };
  }

  /** Waits until the clock has been moved to `atMs`. */
  sleepUntil(atMs: number, signal?: AbortSignal): Promise<void> {
    return sleepBy((at, callback) => this.schedule(at, callback), atMs, signal);
  }

  /** Waits until `delayMs` have passed, wherever wall time is set meanwhile. */
  sleepFor(delayMs: number, signal?: AbortSignal): Promise<void> {
    return sleepBy((delay, callback) => this.after(delay, callback), delayMs, signal);
  }

  /**
   * Moves time forward by `ms`: to each due call in order of due time and then of request, makes it, lets the
   * promise work it set off finish, and ends at the target. `advance(0)` makes what is due now.
   *
   * @throws TypeError when `ms` is negative, or while the clock is being moved already: await the first move.
   * @throws what a call throws; time stays where that call was due.
   */
  async advance(ms: number): Promise<void> {
    assertFinite(ms);
    if (ms < 0)
      throw new TypeError(`a clock advances by 0 ms or more, got ${ms}: use setTime to set it back`);
    await this.#move(() => this.#pass(ms));
  }

  /**
   * Moves time to wall time `ms`. Forward it does what `advance` does: time passes. Back it does what `setWallTime` does:
   * the machine's clock is set back, and no time passes.
   */
  async setTime(ms: number): Promise<void> {
    if (ms < this.#nowMs) return this.setWallTime(ms);
    assertFinite(ms);
    await this.#move(() => this.#pass(ms - this.#nowMs));
  }

  /**
   * Sets the wall clock to `ms`, back or forward, as its owner or a time service does: no monotonic time passes. Calls
   * of `schedule` whose instant has come are made, late and in order; those of `after` wait on.
   */
  async setWallTime(ms: number): Promise<void> {
    assertFinite(ms);
    await this.#move(async () => {
      this.#nowMs = ms;
      await this.#makeDueCalls();
    });
  }

  /**
   * Moves both times to wall time `ms` in one leap, as for a process that was stopped and goes on: everything that has
   * become due is then called late, in order, with `now()` at `ms`. No monotonic time passes when `ms` is in the past.
   */
  async leapTo(ms: number): Promise<void> {
    assertFinite(ms);
    await this.#move(async () => {
      this.#monotonicMs += Math.max(0, ms - this.#nowMs);
      this.#nowMs = ms;
      await this.#makeDueCalls();
    });
  }

  async #move(how: () => Promise<void> | void): Promise<void> {
    if (this.#isMoving)
      throw new TypeError('the clock is being moved already: await that move before the next');
    this.#isMoving = true;
    try {
      await settle();
      await this.#makeDueCalls();
      await how();
    } finally {
      this.#isMoving = false;
      this.#makeDueCallsLater();
    }
  }

  get #moment(): Moment {
    return { wallMs: this.#nowMs, monotonicMs: this.#monotonicMs };
  }

  /** Goes from one due time to the next for `ms`. */
  async #pass(ms: number): Promise<void> {
    const targetMs = this.#nowMs + ms;
    const monotonicTargetMs = this.#monotonicMs + ms;
    for (;;) {
      const next = this.#calls.next(this.#moment);
      if (next === undefined || next.remainingMs > monotonicTargetMs - this.#monotonicMs) break;
      if (next.remainingMs > 0) this.#goOnTo(next);
      await this.#makeDueCalls();
    }
    this.#monotonicMs = monotonicTargetMs;
    this.#nowMs = targetMs;
  }

  /** Goes on to where a call is due: exactly there by the time that the call goes by, whatever a sum of fractions says. */
  #goOnTo({ call, isInstant, remainingMs }: NextCall): void {
    this.#monotonicMs = isInstant ? this.#monotonicMs + remainingMs : call.atMs;
    this.#nowMs = isInstant ? call.atMs : this.#nowMs + remainingMs;
  }

  async #makeDueCalls(): Promise<void> {
    const moment = this.#moment;
    let made = 0;
    for (let call = this.#calls.takeDue(moment); call !== undefined; call = this.#calls.takeDue(moment)) {
      made += 1;
      if (made > CALLS_AT_ONE_TIME_MAX) throw endlessCalls(moment.wallMs);
      call.callback();
      await settle();
    }
  }

  /** Keeps the promise that a time already come is served in a later turn, also when nobody advances. */
  #makeDueCallsLater(): void {
    const next = this.#calls.next(this.#moment);
    if (this.#isMoving || this.#turn !== undefined || next === undefined || next.remainingMs > 0) return;
    this.#turn = setImmediate(() => {
      this.#turn = undefined;
      // While somebody moves the clock, that move makes the call; two hands would make the order a matter of luck.
      if (this.#isMoving) return;
      try {
        this.#calls.takeDue(this.#moment)?.callback();
      } finally {
        this.#makeDueCallsLater();
      }
    });
  }
}

function assertFinite(ms: number): void {
  if (!Number.isFinite(ms))
    throw new TypeError(`a clock is moved by a finite number of milliseconds, got ${ms}`);
}

/** Waits until the promise work that can go on by itself has gone as far as it can. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < TURNS_TO_SETTLE; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

function endlessCalls(nowMs: number): Error {
  return new Error(
    `more than ${CALLS_AT_ONE_TIME_MAX} calls at time ${nowMs}: something asks again without waiting`,
  );
}
