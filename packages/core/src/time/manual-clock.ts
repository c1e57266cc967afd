// A clock under the control of its caller. A test or a replay advances the clock. Every call that becomes due on the
// way is made at its own time, and the resulting work finishes before time moves on. A test that advances by an hour
// therefore sees the events of an hour, in the same order each time, within milliseconds.
import type { Clock, Timer } from '../contracts/clock.ts';
import { type Moment, type NextCall, PendingCalls } from './pending-calls.ts';
import { assertTime, sleepBy } from './sleep.ts';

/**
 * Turns of the event loop for promise work after each call. One turn is sufficient for promises; the second is for work
 * that itself waits for a turn.
 */
const TURNS_TO_SETTLE = 2;

/** More calls at one instant mean that a component schedules again and again without waiting. */
const CALLS_AT_ONE_TIME_MAX = 100_000;

/**
 * A clock moved by hand.
 *
 * Fulfils every promise of `Clock`, including the rule for due times: a call due at or before `now` needs no `advance`
 * and is made in a later turn of the event loop.
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

  /** The current wall time, in whole milliseconds. */
  now(): number {
    return Math.floor(this.#nowMs);
  }

  /** The elapsed time since construction, in milliseconds; setting wall time changes nothing. */
  monotonicMs(): number {
    return this.#monotonicMs;
  }

  /** The number of pending calls; 0 at the end of a test proves that no work was left running. */
  get pendingTimers(): number {
    return this.#calls.size;
  }

  /** Calls `callback` when the clock has been moved to `atMs`. */
  schedule(atMs: number, callback: () => void): Timer {
    assertTime(atMs);
    // A late call is due now, behind calls that are already due, so that late calls cannot delay punctual calls.
    const call = this.#calls.addInstant(Math.max(atMs, this.#nowMs), callback);
    this.#makeDueCallsLater();
    return { cancel: () => this.#calls.remove(call) };
  }

  /** Calls `callback` when `delayMs` have passed, independent of changes of wall time. */
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

  /** Waits until `delayMs` have passed, independent of changes of wall time. */
  sleepFor(delayMs: number, signal?: AbortSignal): Promise<void> {
    return sleepBy((delay, callback) => this.after(delay, callback), delayMs, signal);
  }

  /**
   * Moves time forward by `ms`: visits each due call in order of due time and then of request, makes the call, lets the
   * resulting promise work finish, and ends at the target. `advance(0)` makes the calls that are due now.
   *
   * @throws TypeError when `ms` is negative, or during another move of the clock: await the first move.
   * @throws any error of a call; time stays at the due time of that call.
   */
  async advance(ms: number): Promise<void> {
    assertFinite(ms);
    if (ms < 0)
      throw new TypeError(
        `a clock advances by 0 ms or more, got ${ms}: use setTime for setting the clock back`,
      );
    await this.#move(() => this.#pass(ms));
  }

  /**
   * Moves time to wall time `ms`. A move forward works like `advance`: time passes. A move back works like
   * `setWallTime`: the machine's clock is set back, and no time passes.
   */
  async setTime(ms: number): Promise<void> {
    if (ms < this.#nowMs) return this.setWallTime(ms);
    assertFinite(ms);
    await this.#move(() => this.#pass(ms - this.#nowMs));
  }

  /**
   * Sets the wall clock to `ms`, back or forward, like its owner or a time service: no monotonic time passes. Calls of
   * `schedule` with a past instant are made, late and in order; calls of `after` keep waiting.
   */
  async setWallTime(ms: number): Promise<void> {
    assertFinite(ms);
    await this.#move(async () => {
      this.#nowMs = ms;
      await this.#makeDueCalls();
    });
  }

  /**
   * Moves both times to wall time `ms` in one leap, as after a suspension of the process: every due call is then made
   * late, in order, with `now()` at `ms`. No monotonic time passes when `ms` is in the past.
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

  /** Visits one due time after the other for `ms`. */
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

  /**
   * Moves to the due time of a call: exactly there by the time of the call's queue, without rounding errors of sums.
   */
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

  /** Serves past due times in a later turn, even without `advance`. */
  #makeDueCallsLater(): void {
    const next = this.#calls.next(this.#moment);
    if (this.#isMoving || this.#turn !== undefined || next === undefined || next.remainingMs > 0) return;
    this.#turn = setImmediate(() => {
      this.#turn = undefined;
      // A move in progress makes the call; a second caller would make the order a matter of luck.
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

/** Waits until independent promise work has finished. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < TURNS_TO_SETTLE; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

function endlessCalls(nowMs: number): Error {
  return new Error(
    `more than ${CALLS_AT_ONE_TIME_MAX} calls at time ${nowMs}: something asks again without waiting`,
  );
}
