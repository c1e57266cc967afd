// The time of a whole simulated world. Time stands still while any process has work, and then leaps to the next
// scheduled call. Calls of one process happen in the order promised by the clock port; the order of processes with
// calls at one moment is drawn. Wall time can be set separately, back and forward.
import type { Clock, RandomSource, Timer } from '@millrace/core';
import { sleepBy } from '@millrace/core/engine';

/** The owner of a call: calls of a dead owner do not happen. */
export interface CallOwner {
  readonly isAlive: boolean;
}

interface Call extends Timer {
  /** The due time, in monotonic ms. */
  atMs: number;
  /** The requested wall time; undefined for a delay. */
  readonly wallMs: number | undefined;
  readonly owner: CallOwner;
  readonly callback: () => void;
}

/** Turns of the event loop after each call, by default; more than one, because a promise may itself wait for a turn. */
const TURNS_TO_SETTLE = 2;

/** More calls at one moment mean that a caller repeats requests without waiting. */
const CALLS_AT_ONE_TIME_MAX = 20_000;

/** One clock for the whole world. */
export class SimClock {
  readonly #random: RandomSource;
  readonly #turns: number;
  /** Sorted by time, then by order of request. */
  #calls: Call[] = [];
  /** The passing time, in ms: equal to wall time until wall time is set. */
  #nowMs: number;
  #wallAheadMs = 0;
  /** Owners whose machine has a wall clock that is ahead of the world's, in ms. */
  readonly #aheadOf = new WeakMap<CallOwner, number>();
  /** Owners that stand still until a time. */
  readonly #heldUntil = new WeakMap<CallOwner, number>();
  /** The latest wall time before the last step of the wall clock. */
  #latestBeforeStepMs = Number.NEGATIVE_INFINITY;
  /** The number of calls so far. */
  calls = 0;

  /** @param turns The turns of the event loop after each call; one settles a world without files and other real work. */
  constructor(random: RandomSource, startMs: number, turns = TURNS_TO_SETTLE) {
    this.#random = random;
    this.#turns = turns;
    this.#nowMs = startMs;
  }

  /** The time of the world, in ms, which only advances; the monotonic time of every process. */
  get nowMs(): number {
    return this.#nowMs;
  }

  /** The wall time of the world, in ms. */
  get wallMs(): number {
    return this.#nowMs + this.#wallAheadMs;
  }

  /** The latest wall time that there was. */
  get latestWallMs(): number {
    return Math.max(this.#latestBeforeStepMs, this.wallMs);
  }

  /** Sets the wall clock forward, or back (negative), by this many ms. No time passes. */
  shiftWall(ms: number): void {
    this.#latestBeforeStepMs = this.latestWallMs;
    this.#wallAheadMs += ms;
    this.#sortAnew();
  }

  /** The wall time of the machine of an owner, in ms. */
  wallOf(owner: CallOwner): number {
    return this.wallMs + this.#aheadBy(owner);
  }

  /** Sets the wall clock of an owner's machine: this much ahead of the world's, or behind (negative). */
  setAhead(owner: CallOwner, ms: number): void {
    this.#aheadOf.set(owner, ms);
    this.#sortAnew();
  }

  /** An owner stands still until a time: its calls that are due by then happen then, in order. */
  hold(owner: CallOwner, untilMs: number): void {
    this.#heldUntil.set(owner, Math.max(untilMs, this.#heldUntil.get(owner) ?? 0));
    this.#sortAnew();
  }

  /** True while an owner stands still. */
  isHeld(owner: CallOwner): boolean {
    return (this.#heldUntil.get(owner) ?? 0) > this.#nowMs;
  }

  /** Schedules a call at an instant of wall time. */
  schedule(owner: CallOwner, wallMs: number, callback: () => void): Timer {
    return this.#add(owner, this.#instantOf(owner, wallMs), wallMs, callback);
  }

  /** Schedules a call after a delay. */
  after(owner: CallOwner, delayMs: number, callback: () => void): Timer {
    return this.#add(owner, this.#nowMs + delayMs, undefined, callback);
  }

  #add(owner: CallOwner, atMs: number, wallMs: number | undefined, callback: () => void): Timer {
    const call: Call = {
      atMs: this.#dueMs(owner, atMs),
      wallMs,
      owner,
      callback,
      cancel: () => {
        const index = this.#calls.indexOf(call);
        if (index >= 0) this.#calls.splice(index, 1);
      },
    };
    this.#insert(call);
    return call;
  }

  #dueMs(owner: CallOwner, atMs: number): number {
    return Math.max(Math.ceil(atMs), this.#nowMs, this.#heldUntil.get(owner) ?? 0);
  }

  /** The time of the world at which the machine of an owner shows a wall time. */
  #instantOf(owner: CallOwner, wallMs: number): number {
    return wallMs - this.#wallAheadMs - this.#aheadBy(owner);
  }

  #aheadBy(owner: CallOwner): number {
    return this.#aheadOf.get(owner) ?? 0;
  }

  /** Wall clocks were set, or an owner stands still: some calls are due at another time. */
  #sortAnew(): void {
    const calls = this.#calls;
    this.#calls = [];
    for (const call of calls) {
      const { owner, wallMs, atMs } = call;
      call.atMs = this.#dueMs(owner, wallMs === undefined ? atMs : this.#instantOf(owner, wallMs));
      this.#insert(call);
    }
  }

  #insert(call: Call): void {
    let index = 0;
    let end = this.#calls.length;
    while (index < end) {
      const middle = (index + end) >> 1;
      if ((this.#calls[middle] as Call).atMs > call.atMs) end = middle;
      else index = middle + 1;
    }
    this.#calls.splice(index, 0, call);
  }

  /** The clock as an owner sees it. */
  of(owner: CallOwner): Clock {
    const schedule = (atMs: number, callback: () => void) => this.schedule(owner, atMs, callback);
    const after = (delayMs: number, callback: () => void) => this.after(owner, delayMs, callback);
    return {
      now: () => this.wallOf(owner),
      monotonicMs: () => this.nowMs,
      schedule,
      after,
      sleepUntil: (atMs, signal) => sleepBy(schedule, atMs, signal),
      sleepFor: (delayMs, signal) => sleepBy(after, delayMs, signal),
    };
  }

  /** The number of pending calls of an owner. */
  waitingFor(owner: CallOwner): number {
    return this.#calls.filter((call) => call.owner === owner).length;
  }

  /**
   * Lets this much time pass, including all calls in between. `isOver` is evaluated after each call and ends the
   * passing early.
   */
  async pass(ms: number, isOver: () => boolean = () => false): Promise<void> {
    const targetMs = this.#nowMs + ms;
    await settle(this.#turns);
    let atOnce = 0;
    for (let call = this.#take(targetMs); call !== undefined; call = this.#take(targetMs)) {
      atOnce = call.atMs > this.#nowMs ? 0 : atOnce + 1;
      if (atOnce > CALLS_AT_ONE_TIME_MAX) throw new Error(`time stands still at ${this.#nowMs}`);
      this.#nowMs = call.atMs;
      this.calls += 1;
      call.callback();
      await settle(this.#turns);
      if (isOver()) return;
    }
    this.#nowMs = targetMs;
  }

  /** The next call up to the target: among calls due at the same moment, the first call of a randomly drawn process. */
  #take(targetMs: number): Call | undefined {
    for (let first = this.#calls[0]; first !== undefined && !first.owner.isAlive; first = this.#calls[0]) {
      this.#calls.shift();
    }
    const first = this.#calls[0];
    if (first === undefined || first.atMs > targetMs) return undefined;
    const owners: CallOwner[] = [];
    for (const { atMs, owner } of this.#calls) {
      if (atMs > first.atMs) break;
      if (owner.isAlive && !owners.includes(owner)) owners.push(owner);
    }
    const owner = owners.length === 1 ? first.owner : owners[this.#random.integer(owners.length)];
    const index = this.#calls.findIndex((call) => call.owner === owner);
    return this.#calls.splice(index, 1)[0];
  }
}

async function settle(turns: number): Promise<void> {
  for (let turn = 0; turn < turns; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
