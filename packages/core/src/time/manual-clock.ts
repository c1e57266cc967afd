// Time that moves when it is told to. A test, or a replay, advances it; every call that becomes due on the way is
// made at its own time, and the work it sets off is let finish before time moves on. So a test that advances by an
// hour sees what an hour would bring, in the same order each time, and takes milliseconds.
import type { Clock, Timer } from '../contracts/clock.ts';
import { assertTime, sleepBy } from './sleep.ts';
import { type PendingCall, TimerQueue } from './timer-queue.ts';

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
  readonly #queue = new TimerQueue();
  #nowMs: number;
  #monotonicMs = 0;
  #isMoving = false;
  #turn: NodeJS.Immediate | undefined;

  /** @param startMs Wall time at the start, in milliseconds since the epoch; 0 by default. */
  constructor(startMs = 0) {
    assertFinite(startMs);
    this.#nowMs = startMs;
  }

  /** The wall time to which it was moved. */
  now(): number {
    return this.#nowMs;
  }

  /** How far it was moved forward since it was made, in milliseconds; setting it back takes nothing away. */
  monotonicMs(): number {
    return this.#monotonicMs;
  }

  /** How many calls are waiting; 0 at the end of a test shows that nothing was left running. */
  get pendingTimers(): number {
    return this.#queue.size;
  }

  /** Calls `callback` when the clock has been moved to `atMs`. */
  schedule(atMs: number, callback: () => void): Timer {
    assertTime(atMs);
    // What is late is due now: behind what was already due, so that the late cannot keep the punctual waiting.
    const call = this.#queue.add(Math.max(atMs, this.#nowMs), callback);
    this.#makeDueCallsLater();
    return { cancel: () => this.#queue.remove(call) };
  }

  /** Waits until the clock has been moved to `atMs`. */
  sleepUntil(atMs: number, signal?: AbortSignal): Promise<void> {
    return sleepBy((at, callback) => this.schedule(at, callback), atMs, signal);
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
    await this.#move(() => this.#passTo(this.#nowMs + ms));
  }

  /**
   * Moves time to `ms`. Forward it does what `advance` does. Back, it models a machine whose clock is set back:
   * nothing is called, and what waits goes on waiting for its wall time.
   */
  async setTime(ms: number): Promise<void> {
    assertFinite(ms);
    await this.#move(() => (ms < this.#nowMs ? this.#leapTo(ms) : this.#passTo(ms)));
  }

  /**
   * Sets time to `ms` in one leap, as when a machine wakes from sleep or its clock is set forward: everything that
   * has become due is then called late, in order, with `now()` at `ms`.
   */
  async leapTo(ms: number): Promise<void> {
    assertFinite(ms);
    await this.#move(async () => {
      this.#leapTo(ms);
      await this.#makeDueCalls(ms);
    });
  }

  async #move(how: () => Promise<void> | void): Promise<void> {
    if (this.#isMoving)
      throw new TypeError('the clock is being moved already: await that move before the next');
    this.#isMoving = true;
    try {
      await settle();
      await this.#makeDueCalls(this.#nowMs);
      await how();
    } finally {
      this.#isMoving = false;
      this.#makeDueCallsLater();
    }
  }

  /** Goes from one due time to the next up to the target. */
  async #passTo(targetMs: number): Promise<void> {
    for (
      let next = this.#queue.first;
      next !== undefined && next.atMs <= targetMs;
      next = this.#queue.first
    ) {
      this.#leapTo(Math.max(next.atMs, this.#nowMs));
      await this.#makeDueCalls(this.#nowMs);
    }
    this.#leapTo(targetMs);
  }

  #leapTo(ms: number): void {
    this.#monotonicMs += Math.max(0, ms - this.#nowMs);
    this.#nowMs = ms;
  }

  async #makeDueCalls(nowMs: number): Promise<void> {
    let made = 0;
    for (let call = this.#queue.takeDue(nowMs); call !== undefined; call = this.#queue.takeDue(nowMs)) {
      made += 1;
      if (made > CALLS_AT_ONE_TIME_MAX) throw endlessCalls(nowMs);
      call.callback();
      await settle();
    }
  }

  /** Keeps the promise that a time already come is served in a later turn, also when nobody advances. */
  #makeDueCallsLater(): void {
    const first = this.#queue.first;
    if (this.#isMoving || this.#turn !== undefined || !this.#isDue(first)) return;
    this.#turn = setImmediate(() => {
      this.#turn = undefined;
      // While somebody moves the clock, that move makes the call; two hands would make the order a matter of luck.
      if (this.#isMoving) return;
      try {
        this.#queue.takeDue(this.#nowMs)?.callback();
      } finally {
        this.#makeDueCallsLater();
      }
    });
  }

  #isDue(call: PendingCall | undefined): boolean {
    return call !== undefined && call.atMs <= this.#nowMs;
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
