// The calls that a clock still has to make: those that wait for an instant of wall time, and those that wait for a length
// of monotonic time. Each kind has a queue of its own, because a wall clock that is set moves one kind and not the other.
// Both kinds share one count of requests, so that of two calls due together the one asked for first is made first.
import { type PendingCall, TimerQueue } from './timer-queue.ts';

/** What both times of a clock say at one moment. */
export interface Moment {
  /** Wall time in ms. */
  readonly wallMs: number;
  /** Monotonic time in ms. */
  readonly monotonicMs: number;
}

/** A call, and how long it is until it is due. */
export interface NextCall {
  readonly call: PendingCall;
  /** Whether the call waits for an instant of wall time. */
  readonly isInstant: boolean;
  /** 0 or less when the call is due. */
  readonly remainingMs: number;
}

/** Pending calls of both kinds. */
export class PendingCalls {
  readonly #instants = new TimerQueue();
  readonly #lengths = new TimerQueue();
  #requests = 0;

  /** How many calls are pending. */
  get size(): number {
    return this.#instants.size + this.#lengths.size;
  }

  /** Whether a call waits for an instant of wall time. */
  get hasInstants(): boolean {
    return this.#instants.size > 0;
  }

  /** Adds a call that is due at wall time `atMs`. */
  addInstant(atMs: number, callback: () => void): PendingCall {
    return this.#instants.add(atMs, callback, this.#requests++);
  }

  /** Adds a call that is due at monotonic time `atMs`. */
  addLength(atMs: number, callback: () => void): PendingCall {
    return this.#lengths.add(atMs, callback, this.#requests++);
  }

  /** Takes a call out. One that is not here is no error. */
  remove(call: PendingCall): void {
    call.queue.remove(call);
  }

  /** Puts a call back that was taken and not made; it keeps its order. */
  restore(call: PendingCall): void {
    call.queue.restore(call);
  }

  /** The call that is due next, or undefined when none is pending. */
  next({ wallMs, monotonicMs }: Moment): NextCall | undefined {
    const instant = this.#instants.first;
    const length = this.#lengths.first;
    const toInstant = instant === undefined ? Infinity : instant.atMs - wallMs;
    const toLength = length === undefined ? Infinity : length.atMs - monotonicMs;
    const isLengthNext =
      toLength < toInstant ||
      (toLength === toInstant && (length?.order ?? Infinity) < (instant?.order ?? Infinity));
    const call = isLengthNext ? length : (instant ?? length);
    if (call === undefined) return undefined;
    return { call, isInstant: call === instant, remainingMs: Math.min(toInstant, toLength) };
  }

  /** Takes the next call that is due; undefined when none is. */
  takeDue(moment: Moment): PendingCall | undefined {
    const next = this.next(moment);
    if (next === undefined || next.remainingMs > 0) return undefined;
    this.remove(next.call);
    return next.call;
  }
}
