// One listener and the events that wait for it. Each listener has a queue of its own, so a slow listener delays no
// other listener. The queue is bounded, so a stuck listener loses nothing but its own events.
import type { AsyncLocalStorage } from 'node:async_hooks';
import type { Clock, Logger, StreamingListener } from '@millrace/core';
import type { PostedEvent } from './posted-event.ts';
import { Postponement } from './postponement.ts';

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

/** The events delivered in one go, before other work gets a turn of the event loop. */
const EVENTS_PER_TURN = 100;

/** Delivers events to one listener, one at a time, in order, never inside the call of `post`. */
export class ListenerQueue {
  readonly #deps: ListenerQueueDeps;
  readonly #postponement: Postponement | undefined;
  #waiting: PostedEvent[] = [];
  #droppedCount = 0;
  /** True from the first dropped event until the listener has worked off half of its queue. */
  #isDropping = false;
  #isPumping = false;
  #isCalling = false;
  #isCallReleased = false;
  #isClosed = false;
  /** The callers that wait for `settled`. */
  #onSettled: (() => void)[] = [];

  constructor(deps: ListenerQueueDeps) {
    this.#deps = deps;
    const { listener } = deps;
    if (typeof listener.postpone !== 'function') return;
    this.#postponement = new Postponement();
    listener.postpone({ deliver: () => this.deliverPostponed() });
  }

  /** The number of events that this listener has missed. */
  get droppedCount(): number {
    return this.#droppedCount;
  }

  /** Events under way to the listener, without the event that is being delivered and without postponed events. */
  get waitingCount(): number {
    return this.#isPumping ? this.#waiting.length : 0;
  }

  /** Queues an event. An event that meets a full queue is dropped and counted; a burst is logged once. */
  post(posted: PostedEvent): void {
    if (this.#isClosed) return;
    this.#postponement?.leaveOutPassed(this.#waiting, posted);
    if (this.#waiting.length >= this.#deps.maxQueued) return this.#drop();
    this.#waiting.push(posted);
    const isDue = this.#postponement?.isDue(posted) ?? true;
    if (isDue && !this.#isPumping) void this.#deliverAll();
  }

  /** Delivers postponed events before returning, unless a call of the listener is in progress. */
  deliverPostponed(): void {
    if (this.#postponement === undefined || this.#waiting.length === 0 || this.#isCalling) return;
    this.#beginDelivery(this.#postponement);
    for (let posted = this.#waiting.shift(); posted !== undefined; posted = this.#waiting.shift()) {
      const call = this.#deliver(posted);
      if (call === undefined) continue;
      // The listener has become slow: the rest follows after its call.
      if (!this.#isPumping) void this.#deliverAll(call);
      return;
    }
  }

  /** Resolves when every queued event has been delivered, or the call in progress has been released. */
  settled(): Promise<void> {
    if (this.#waiting.length > 0 && !this.#isPumping) void this.#deliverAll();
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

  /**
   * Never rejects: a listener's error ends in the log.
   *
   * @param inProgress The turn of the poster, or a call of the listener: ends first.
   */
  async #deliverAll(inProgress: Promise<void> = Promise.resolve()): Promise<void> {
    this.#isPumping = true;
    await inProgress;
    if (this.#postponement !== undefined) this.#beginDelivery(this.#postponement);
    for (let count = 1; ; count += 1) {
      const posted = this.#waiting.shift();
      if (posted === undefined) break;
      if (this.#waiting.length * 2 <= this.#deps.maxQueued) this.#isDropping = false;
      const call = this.#deliver(posted);
      if (call !== undefined) await call;
      if (count % EVENTS_PER_TURN === 0) await this.#deps.clock.sleepFor(0);
    }
    this.#isPumping = false;
    this.#checkSettled();
  }

  #beginDelivery(postponement: Postponement): void {
    this.#waiting = postponement.begin(this.#waiting, this.#deps.clock.monotonicMs());
  }

  /** Calls the listener. Undefined: the call has ended; most listeners are synchronous. */
  #deliver(posted: PostedEvent): Promise<void> | undefined {
    const { listener, calls, log } = this.#deps;
    let isOver = false;
    const release = () => {
      if (isOver) return;
      this.#isCallReleased = true;
      this.#checkSettled();
    };
    const end = (): void => {
      isOver = true;
      this.#isCalling = false;
      this.#isCallReleased = false;
    };
    const fail = (error: unknown): void => log.error('listener failed', { listener: this.#name, error });
    this.#isCalling = true;
    try {
      const result = calls.run({ release }, () =>
        listener.onEvent(posted.event, posted.valueFor(listener), posted.postedMs),
      );
      if (result !== undefined) return Promise.resolve(result).catch(fail).finally(end);
    } catch (error) {
      fail(error);
    }
    end();
    return undefined;
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
