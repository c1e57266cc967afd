// The pending calls of a clock, soonest first. A binary heap: adding, cancelling and taking the next call cost log n
// for n pending calls. A cancelled call leaves the heap at once, so that a thousand abandoned waits of an hour hold no
// memory for that hour and do not keep the process alive.

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
  readonly #heap: PendingCall[] = [];
  #requests = 0;

  /** The number of pending calls. */
  get size(): number {
    return this.#heap.length;
  }

  /** The next due call, or undefined when no call is pending. */
  get first(): PendingCall | undefined {
    return this.#heap[0];
  }

  /**
   * Adds a call, behind calls with the same due time.
   *
   * @param order The request number; by default the queue's own counter.
   */
  add(atMs: number, callback: () => void, order: number = this.#requests++): PendingCall {
    const call: PendingCall = { atMs, queue: this, callback, order, position: -1, isCalledOff: false };
    this.restore(call);
    return call;
  }

  /** Restores a call that was taken but not made; the call keeps its order. */
  restore(call: PendingCall): void {
    this.#heap.push(call);
    this.#rise(call, this.#heap.length - 1);
  }

  /** Takes the next call due at `nowMs`; undefined when there is none. */
  takeDue(nowMs: number): PendingCall | undefined {
    const first = this.#heap[0];
    if (first === undefined || first.atMs > nowMs) return undefined;
    this.remove(first);
    return first;
  }

  /** Removes a call. A call outside the queue is not an error. */
  remove(call: PendingCall): void {
    const position = call.position;
    if (position < 0) return;
    call.position = -1;
    const last = this.#heap.pop();
    if (last === undefined || last === call) return;
    // The last call fills the gap and then moves up or down to its place.
    this.#sink(last, position);
    this.#rise(last, last.position);
  }

  #rise(call: PendingCall, from: number): void {
    let position = from;
    while (position > 0) {
      const above = (position - 1) >> 1;
      const parent = this.#heap[above];
      if (parent === undefined || isSooner(parent, call)) break;
      this.#place(parent, position);
      position = above;
    }
    this.#place(call, position);
  }

  #sink(call: PendingCall, from: number): void {
    let position = from;
    for (;;) {
      const child = this.#soonerChild(position);
      if (child === undefined || isSooner(call, child)) break;
      const below = child.position;
      this.#place(child, position);
      position = below;
    }
    this.#place(call, position);
  }

  #soonerChild(position: number): PendingCall | undefined {
    const left = this.#heap[2 * position + 1];
    const right = this.#heap[2 * position + 2];
    if (left === undefined || right === undefined) return left;
    return isSooner(left, right) ? left : right;
  }

  #place(call: PendingCall, position: number): void {
    this.#heap[position] = call;
    call.position = position;
  }
}

function isSooner(a: PendingCall, b: PendingCall): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
}
