// Carries the engine's events to its listeners. The engine posts an event and goes on; listeners are called later, each
// at its own pace. A slow or failing listener never delays a batch.
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Clock, Logger, StreamingListener } from '@millrace/core';
import { byDeadline } from '../time/by-deadline.ts';
import { type ListenerCall, ListenerQueue } from './listener-queue.ts';
import type { PostedEvent } from './posted-event.ts';

/** The most events that may wait for one listener by default. */
const MAX_QUEUED_DEFAULT = 10_000;

/** The time that `stop` waits for listeners by default. */
const STOP_PATIENCE_MS = 5_000;

/** The collaborators and limits of a bus. */
export interface ListenerBusDeps {
  readonly clock: Clock;
  readonly log: Logger;
  /** Events that may wait for one listener; further events are dropped, counted and logged. Default 10,000. */
  readonly maxQueued?: number;
}

/**
 * A bus with a bounded queue per listener: one event at a time, in order, asynchronously.
 *
 * A listener may wait for the stop of the context that calls the listener. At the beginning of such a wait,
 * `doNotWaitForCaller` is called, and `stop` does the same itself. The stop then waits for all calls but this one; its
 * listener gets the remaining events once the call has returned.
 */
export class ListenerBus {
  readonly #deps: ListenerBusDeps;
  readonly #queues = new Map<StreamingListener, ListenerQueue>();
  readonly #calls = new AsyncLocalStorage<ListenerCall>();
  #droppedBefore = 0;
  #isStopped = false;

  constructor(deps: ListenerBusDeps) {
    this.#deps = deps;
  }

  /** True when at least one listener gets posted events. */
  get hasListeners(): boolean {
    return this.#queues.size > 0 && !this.#isStopped;
  }

  /** Adds a listener, which gets all events posted from now on. Adding a listener again changes nothing. */
  add(listener: StreamingListener): void {
    if (this.#queues.has(listener)) return;
    const { clock, log, maxQueued = MAX_QUEUED_DEFAULT } = this.#deps;
    this.#queues.set(listener, new ListenerQueue({ listener, clock, log, maxQueued, calls: this.#calls }));
  }

  /** Removes a listener at once; its waiting events are not delivered, and count as dropped, except postponed events. */
  remove(listener: StreamingListener): void {
    const queue = this.#queues.get(listener);
    if (queue === undefined) return;
    queue.deliverPostponed();
    queue.close();
    this.#droppedBefore += queue.droppedCount;
    this.#queues.delete(listener);
  }

  /** Queues an event for every listener and returns. Does nothing after `stop`. */
  post(posted: PostedEvent): void {
    if (this.#isStopped) return;
    for (const queue of this.#queues.values()) queue.post(posted);
  }

  /** The number of events that were not delivered, over all listeners. */
  droppedCount(): number {
    return [...this.#queues.values()].reduce((sum, queue) => sum + queue.droppedCount, this.#droppedBefore);
  }

  /** The number of waiting events, over all listeners, without postponed events. */
  waitingCount(): number {
    return [...this.#queues.values()].reduce((sum, queue) => sum + queue.waitingCount, 0);
  }

  /**
   * Call this at the beginning of the engine's stop: a listener call in progress that caused the stop is not waited
   * for.
   */
  doNotWaitForCaller(): void {
    this.#calls.getStore()?.release();
  }

  /**
   * Accepts no more events, and delivers the queued events until monotonic time `deadlineMs` (default: 5 s from now).
   * Events left then are dropped, counted and logged. May be repeated.
   */
  async stop(deadlineMs: number = this.#deps.clock.monotonicMs() + STOP_PATIENCE_MS): Promise<void> {
    this.#isStopped = true;
    this.doNotWaitForCaller();
    const queues = [...this.#queues.values()];
    const settled = Promise.all(queues.map((queue) => queue.settled()));
    const outcome = await byDeadline(this.#deps.clock, deadlineMs, settled);
    if (outcome.kind === 'done') return;
    const dropped = queues.reduce((sum, queue) => sum + queue.close(), 0);
    this.#deps.log.warn('listeners did not process their last events in time', { dropped });
  }
}
