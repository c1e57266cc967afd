// The calls that a clock still has to make, soonest first. A binary heap: asking, calling off and taking the next
// one cost log n, however many calls are pending. A call that is called off leaves the heap at once, so that a
// thousand abandoned waits of an hour hold no memory for that hour and do not keep the process alive.

/** A call that was asked for. */
export interface PendingCall {
  /** When it is due, in milliseconds of the time that its queue goes by. */
  readonly atMs: number;
  /** The queue that it was added to. */
  readonly queue: TimerQueue;
  readonly callback: () => void;
  /** Counts requests: of two calls due at the same time, the one asked for first is made first. */
  readonly order: number;
  /** Where it is in the heap; -1 while it is not in it. */
  position: number;
  /** Set by whoever calls it off, for those who have taken it already and not made it yet. */
  isCalledOff: boolean;
}

/** Pending calls, ordered by due time and then by request. */
export class TimerQueue {
  readonly #heap: PendingCall[] = [];
  #requests = 0;

  /** How many calls are pending. */
  get size(): number {
    return this.#heap.length;
  }

  /** The call that is due next, or undefined when none is pending. */
  get first(): PendingCall | undefined {
    return this.#heap[0];
  }

  /**
   * Adds a call, behind those that are due at the same time.
   *
   * @param order Counts requests; the queue counts its own by default.
   */
  add(atMs: number, callback: () => void, order: number = this.#requests++): PendingCall {
    const call: PendingCall = { atMs, queue: this, callback, order, position: -1, isCalledOff: false };
    this.restore(call);
    return call;
  }

  /** Puts a call back that was taken and not made; it keeps its order. */
  restore(call: PendingCall): void {
    this.#heap.push(call);
    this.#rise(call, this.#heap.length - 1);
  }

  /** Takes the next call that is due at `nowMs`; undefined when none is. */
  takeDue(nowMs: number): PendingCall | undefined {
    const first = this.#heap[0];
    if (first === undefined || first.atMs > nowMs) return undefined;
    this.remove(first);
    return first;
  }

  /** Takes a call out. One that is not in the queue is no error. */
  remove(call: PendingCall): void {
    const position = call.position;
    if (position < 0) return;
    call.position = -1;
    const last = this.#heap.pop();
    if (last === undefined || last === call) return;
    // The last call fills the gap and then moves to where it belongs, whichever direction that is.
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
