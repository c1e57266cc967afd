// Carries the engine's events to its listeners. The engine posts and goes on; listeners are called later, each at its
// own pace. Nothing a listener does, however slow or wrong, delays a batch.
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Clock, Logger, StreamingEvents, StreamingListener } from '@millrace/core';
import { byDeadline } from '../time/by-deadline.ts';
import { type ListenerCall, ListenerQueue } from './listener-queue.ts';

/** How far a listener may fall behind, in events, unless the bus is told otherwise. */
const MAX_QUEUED_DEFAULT = 10_000;

/** How long `stop` waits for listeners, unless it is told otherwise. */
const STOP_PATIENCE_MS = 5_000;

/** What a bus needs. */
export interface ListenerBusDeps {
  readonly clock: Clock;
  readonly log: Logger;
  /** Events that may wait for one listener; what comes on top is dropped, counted and logged. Default 10,000. */
  readonly maxQueued?: number;
}

/**
 * A bus with a bounded queue per listener: one event at a time, in order, asynchronously.
 *
 * A listener may wait for the stop of the context that calls it. Where such a wait begins, `doNotWaitForCaller` is
 * called, and `stop` does so itself: the stop then waits for everybody but this call, which gets the rest of its
 * events once it has returned.
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

  /** Whether anybody gets what is posted. */
  get hasListeners(): boolean {
    return this.#queues.size > 0 && !this.#isStopped;
  }

  /** Adds a listener; it gets what is posted from now on. Adding it again changes nothing. */
  add(listener: StreamingListener): void {
    if (this.#queues.has(listener)) return;
    const { clock, log, maxQueued = MAX_QUEUED_DEFAULT } = this.#deps;
    this.#queues.set(listener, new ListenerQueue({ listener, clock, log, maxQueued, calls: this.#calls }));
  }

  /** Removes a listener at once; what waits for it is not delivered, and counts as dropped. */
  remove(listener: StreamingListener): void {
    const queue = this.#queues.get(listener);
    if (queue === undefined) return;
    queue.close();
    this.#droppedBefore += queue.droppedCount;
    this.#queues.delete(listener);
  }

  /** Queues an event for every listener and returns. After `stop` it does nothing. */
  post<K extends keyof StreamingEvents>(event: K, value: StreamingEvents[K]): void {
    if (this.#isStopped) return;
    for (const queue of this.#queues.values()) queue.post(event, value);
  }

  /** How many events were not delivered, over all listeners. */
  droppedCount(): number {
    return [...this.#queues.values()].reduce((sum, queue) => sum + queue.droppedCount, this.#droppedBefore);
  }

  /** How many events wait, over all listeners. */
  waitingCount(): number {
    return [...this.#queues.values()].reduce((sum, queue) => sum + queue.waitingCount, 0);
  }

  /** To be called where the stop of the engine begins: if a listener is calling, it is not waited for. */
  doNotWaitForCaller(): void {
    this.#calls.getStore()?.release();
  }

  /**
   * Takes nothing more, and delivers what is queued until monotonic time `deadlineMs` (default: 5 s from now). What is left
   * then is dropped, counted and logged. May be repeated.
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
