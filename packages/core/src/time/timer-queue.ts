// The pending calls of a clock, soonest first. Adding, cancelling and taking the next call cost log n
// for n pending calls. A cancelled call leaves the heap at once, so that a thousand abandoned waits of an hour hold no
// memory for that hour and do not keep the process alive.
import { IndexedHeap } from './indexed-heap.ts';

/** A requested call. */
export interface PendingCall {
  /** The due time, in milliseconds of the queue's time. */
  readonly atMs: number;
  /** The queue of the call. */
  readonly queue: TimerQueue;
  readonly callback: () => void;
  /** The request number: of two calls due at the same time, the earlier request is served first. */
  readonly order: number;
  /** The index in the heap; -1 outside the heap. */
  position: number;
  /** Set on cancellation, for code that has already taken the call and not made it yet. */
  isCalledOff: boolean;
}

/** Pending calls, ordered by due time and then by request. */
export class TimerQueue {
  readonly #heap = new IndexedHeap<PendingCall>({
    isBefore: isSooner,
    placeOf: ({ position }) => position,
    setPlace: (call, place) => {
      call.position = place;
    },
  });
  #requests = 0;

  /** The number of pending calls. */
  get size(): number {
    return this.#heap.size;
  }

  /** The next due call, or undefined when no call is pending. */
  get first(): PendingCall | undefined {
    return this.#heap.first;
  }

  /**
   * Adds a call, behind calls with the same due time.
   *
   * @param order The request number; by default the queue's own counter.
   */
  add(atMs: number, callback: () => void, order: number = this.#requests++): PendingCall {
    const call: PendingCall = { atMs, queue: this, callback, order, position: -1, isCalledOff: false };
    this.#heap.put(call);
    return call;
  }

  /** Restores a call that was taken but not made; the call keeps its order. */
  restore(call: PendingCall): void {
    this.#heap.put(call);
  }

  /** Takes the next call due at `nowMs`; undefined when there is none. */
  takeDue(nowMs: number): PendingCall | undefined {
    const first = this.#heap.first;
    if (first === undefined || first.atMs > nowMs) return undefined;
    this.remove(first);
    return first;
  }

  /** Removes a call. A call outside the queue is not an error. */
  remove(call: PendingCall): void {
    this.#heap.remove(call);
  }
}

function isSooner(a: PendingCall, b: PendingCall): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
}
