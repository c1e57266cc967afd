// One listener and the events that wait for it. Each listener has a queue of its own, so a slow listener delays no
// other listener. The queue is bounded, so a stuck listener loses nothing but its own events.
import type { AsyncLocalStorage } from 'node:async_hooks';
import type { Clock, Logger, StreamingEvents, StreamingListener } from '@millrace/core';

/** A call of a listener in progress; the async context of the call, and of everything the listener starts inside. */
export interface ListenerCall {
  /** The listener may be waiting for the stop of the bus: the stop must not wait for this call. */
  release(): void;
}

/** The collaborators that a queue needs from its bus. */
export interface ListenerQueueDeps {
  readonly listener: StreamingListener;
  readonly clock: Clock;
  readonly log: Logger;
  readonly maxQueued: number;
  readonly calls: AsyncLocalStorage<ListenerCall>;
}

/** A waiting event, as the call of the listener. */
type Delivery = () => void | Promise<void>;

/** The events delivered in one go, before other work gets a turn of the event loop. */
const EVENTS_PER_TURN = 100;

/** Delivers events to one listener, one at a time, in order, never inside the call of `post`. */
export class ListenerQueue {
  readonly #deps: ListenerQueueDeps;
  #waiting: Delivery[] = [];
  #droppedCount = 0;
  /** True from the first dropped event until the listener has worked off half of its queue. */
  #isDropping = false;
  #isPumping = false;
  #isCallReleased = false;
  #isClosed = false;
  /** The callers that wait for `settled`. */
  #onSettled: (() => void)[] = [];

  constructor(deps: ListenerQueueDeps) {
    this.#deps = deps;
  }

  /** The number of events that this listener has missed. */
  get droppedCount(): number {
    return this.#droppedCount;
  }

  /** Waiting events, without the event that is being delivered. */
  get waitingCount(): number {
    return this.#waiting.length;
  }

  /** Queues an event. An event that meets a full queue is dropped and counted; a burst is logged once. */
  post<K extends keyof StreamingEvents>(event: K, value: StreamingEvents[K]): void {
    if (this.#isClosed) return;
    if (this.#waiting.length >= this.#deps.maxQueued) return this.#drop();
    this.#waiting.push(() => this.#deps.listener.onEvent(event, value));
    if (!this.#isPumping) void this.#deliverAll();
  }

  /** Resolves when every queued event has been delivered, or the call in progress has been released. */
  settled(): Promise<void> {
    return new Promise((resolve) => {
      this.#onSettled.push(resolve);
      this.#checkSettled();
    });
  }

  /**
   * Drops the waiting events and accepts no more. A call in progress is left to end. Returns the number of dropped
   * events.
   */
  close(): number {
    const left = this.#waiting.length;
    this.#isClosed = true;
    this.#waiting = [];
    this.#droppedCount += left;
    return left;
  }

  /** Never rejects: a listener's error ends in the log. */
  async #deliverAll(): Promise<void> {
    this.#isPumping = true;
    // The turn of the poster ends first.
    await Promise.resolve();
    for (let count = 1; ; count += 1) {
      const deliver = this.#waiting.shift();
      if (deliver === undefined) break;
      if (this.#waiting.length * 2 <= this.#deps.maxQueued) this.#isDropping = false;
      await this.#deliver(deliver);
      if (count % EVENTS_PER_TURN === 0) await this.#deps.clock.sleepFor(0);
    }
    this.#isPumping = false;
    this.#checkSettled();
  }

  async #deliver(deliver: Delivery): Promise<void> {
    let isOver = false;
    const release = () => {
      if (isOver) return;
      this.#isCallReleased = true;
      this.#checkSettled();
    };
    try {
      await this.#deps.calls.run({ release }, deliver);
    } catch (error) {
      this.#deps.log.error('listener failed', { listener: this.#name, error });
    } finally {
      isOver = true;
      this.#isCallReleased = false;
    }
  }

  #checkSettled(): void {
    if (this.#isPumping && !this.#isCallReleased) return;
    for (const resolve of this.#onSettled.splice(0)) resolve();
  }

  #drop(): void {
    this.#droppedCount += 1;
    if (this.#isDropping) return;
    this.#isDropping = true;
    const { log, maxQueued } = this.#deps;
    const dropped = this.#droppedCount;
    log.warn('listener is too slow, dropping events', { listener: this.#name, maxQueued, dropped });
  }

  get #name(): string {
    return this.#deps.listener.constructor.name;
  }
}
