// The time of a whole simulated world. It stands still while anybody has something to do, and then leaps to the next
// moment that anybody waits for. Calls of one process are made in the order that the clock port promises; which process
// goes first when several are due at one moment is drawn. Wall time can be set apart from it, back and forward.
import type { RandomSource, Timer } from '@millrace/core';

/** Whose call it is: calls of the dead are not made. */
export interface CallOwner {
  readonly isAlive: boolean;
}

interface Call extends Timer {
  /** When it is due, in ms of the time that passes. */
  atMs: number;
  /** The wall time for which it was asked; undefined for a length of time. */
  readonly wallMs: number | undefined;
  readonly owner: CallOwner;
  readonly callback: () => void;
}

/** Turns of the event loop after each call; a few, because a promise may itself wait for one. */
const TURNS_TO_SETTLE = 2;

/** More calls than this at one moment mean that somebody asks again without waiting. */
const CALLS_AT_ONE_TIME_MAX = 20_000;

/** One clock for everything in a world. */
export class SimClock {
  readonly #random: RandomSource;
  /** By time, then by order of request. */
  #calls: Call[] = [];
  /** The time that passes, in ms: wall time as long as nobody sets that. */
  #nowMs: number;
  #wallAheadMs = 0;
  /** How many calls were made. */
  calls = 0;

  constructor(random: RandomSource, startMs: number) {
    this.#random = random;
    this.#nowMs = startMs;
  }

  /** The time of the world, in ms. It only passes; the monotonic time of every process. */
  get nowMs(): number {
    return this.#nowMs;
  }

  /** The wall time of the world, in ms. */
  get wallMs(): number {
    return this.#nowMs + this.#wallAheadMs;
  }

  /** Sets the wall clock by so many ms, forward or back (negative). No time passes. */
  shiftWall(ms: number): void {
    this.#wallAheadMs += ms;
    const calls = this.#calls;
    this.#calls = [];
    for (const call of calls) {
      if (call.wallMs !== undefined) call.atMs = this.#dueMs(call.wallMs - this.#wallAheadMs);
      this.#insert(call);
    }
  }

  /** Asks for a call at an instant of wall time. */
  schedule(owner: CallOwner, wallMs: number, callback: () => void): Timer {
    return this.#add(owner, wallMs - this.#wallAheadMs, wallMs, callback);
  }

  /** Asks for a call when so much time has passed. */
  after(owner: CallOwner, delayMs: number, callback: () => void): Timer {
    return this.#add(owner, this.#nowMs + delayMs, undefined, callback);
  }

  #add(owner: CallOwner, atMs: number, wallMs: number | undefined, callback: () => void): Timer {
    const call: Call = {
      atMs: this.#dueMs(atMs),
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

  #dueMs(atMs: number): number {
    return Math.max(Math.ceil(atMs), this.#nowMs);
  }

  #insert(call: Call): void {
    let index = this.#calls.length;
    while (index > 0 && (this.#calls[index - 1] as Call).atMs > call.atMs) index -= 1;
    this.#calls.splice(index, 0, call);
  }

  /** How many calls an owner waits for. */
  waitingFor(owner: CallOwner): number {
    return this.#calls.filter((call) => call.owner === owner).length;
  }

  /** Lets so much time pass, with everything that happens in it. `isOver` is asked after each call and ends it early. */
  async pass(ms: number, isOver: () => boolean = () => false): Promise<void> {
    const targetMs = this.#nowMs + ms;
    await settle();
    let atOnce = 0;
    for (let call = this.#take(targetMs); call !== undefined; call = this.#take(targetMs)) {
      atOnce = call.atMs > this.#nowMs ? 0 : atOnce + 1;
      if (atOnce > CALLS_AT_ONE_TIME_MAX) throw new Error(`time stands still at ${this.#nowMs}`);
      this.#nowMs = call.atMs;
      this.calls += 1;
      call.callback();
      await settle();
      if (isOver()) return;
    }
    this.#nowMs = targetMs;
  }

  /** The next call up to the target: of those due at the same moment, the first one of a process that is drawn. */
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

async function settle(): Promise<void> {
  for (let turn = 0; turn < TURNS_TO_SETTLE; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
