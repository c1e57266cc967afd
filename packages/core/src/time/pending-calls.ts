// The pending calls of a clock: calls for an instant of wall time, and calls after a duration of monotonic time. Each
// kind has a queue of its own, because setting a wall clock moves one kind and not the other. Both kinds share one
// request counter, so that of two calls due together the earlier request is served first.
import { type PendingCall, TimerQueue } from './timer-queue.ts';

/** Both times of a clock at one moment. */
export interface Moment {
  /** Wall time in ms. */
  readonly wallMs: number;
  /** Monotonic time in ms. */
  readonly monotonicMs: number;
}

/** A call with the remaining time. */
export interface NextCall {
  readonly call: PendingCall;
  /** True when the call waits for an instant of wall time. */
  readonly isInstant: boolean;
  /** 0 or less when the call is due. */
  readonly remainingMs: number;
}

/** The remaining times of the next calls of both kinds: 0 or less when due, `Infinity` without a call of the kind. */
export interface RemainingTimes {
  readonly toInstantMs: number;
  readonly toLengthMs: number;
}

/** Pending calls of both kinds. */
export class PendingCalls {
  readonly #instants = new TimerQueue();
  readonly #lengths = new TimerQueue();
  #requests = 0;

  /** The number of pending calls. */
  get size(): number {
    return this.#instants.size + this.#lengths.size;
  }

  /** True when a call waits for an instant of wall time. */
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

  /** Removes a call. An unknown call is not an error. */
  remove(call: PendingCall): void {
    call.queue.remove(call);
  }

  /** Restores a call that was taken but not made; the call keeps its order. */
  restore(call: PendingCall): void {
    call.queue.restore(call);
  }

  /** The times until the next calls. */
  remaining({ wallMs, monotonicMs }: Moment): RemainingTimes {
    return {
      toInstantMs: (this.#instants.first?.atMs ?? Infinity) - wallMs,
      toLengthMs: (this.#lengths.first?.atMs ?? Infinity) - monotonicMs,
    };
  }

  /** The next due call, or undefined when no call is pending. */
  next(moment: Moment): NextCall | undefined {
    const instant = this.#instants.first;
    const length = this.#lengths.first;
    const { toInstantMs, toLengthMs } = this.remaining(moment);
    const isLengthNext =
      toLengthMs < toInstantMs ||
      (toLengthMs === toInstantMs && (length?.order ?? Infinity) < (instant?.order ?? Infinity));
    const call = isLengthNext ? length : (instant ?? length);
    if (call === undefined) return undefined;
    return { call, isInstant: call === instant, remainingMs: Math.min(toInstantMs, toLengthMs) };
  }

  /** Takes the next due call; undefined when there is none. */
  takeDue(moment: Moment): PendingCall | undefined {
    const next = this.next(moment);
    if (next === undefined || next.remainingMs > 0) return undefined;
    this.remove(next.call);
    return next.call;
  }
}
