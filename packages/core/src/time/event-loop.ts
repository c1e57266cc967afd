// Serial execution. A component whose state does not permit concurrent access owns an event loop: other components post
// events, and the loop passes the events to one handler, each after the previous one is done. The queue is bounded,
// because a component that falls behind for ever must report the overload and not fill the memory.
import { coreError } from '../errors/core-errors.ts';

/** The default of `maxQueued`. */
const QUEUED_MAX = 10_000;

/** After this many events in a row the loop yields to input and output. */
const EVENTS_PER_TURN = 256;

/** Options of an event loop. */
export interface EventLoopOptions<E> {
  /** The name of the loop in errors, for instance `'receiver-tracker'`. */
  readonly name: string;
  /** Handles one event. The next event waits until the returned promise is settled. */
  readonly handle: (event: E) => void | Promise<void>;
  /**
   * Receives errors of the handler, with the event, and events that found the queue full (`MR_EVENT_LOOP_FULL`). The
   * loop continues. An error of this function itself is thrown in a turn of its own.
   */
  readonly onError: (error: unknown, event?: E) => void;
  /** The largest number of waiting events; 10,000 by default. */
  readonly maxQueued?: number;
}

/** Handles events one at a time, in the order of posting. */
export class EventLoop<E> {
  readonly #options: EventLoopOptions<E>;
  readonly #queuedMax: number;
  #events: E[] = [];
  #queued = 0;
  #state: 'new' | 'started' | 'draining' | 'stopped' = 'new';
  #running: Promise<void> | undefined;

  /** @throws TypeError when `maxQueued` is not a whole number above 0. */
  constructor(options: EventLoopOptions<E>) {
    this.#options = options;
    this.#queuedMax = options.maxQueued ?? QUEUED_MAX;
    if (!Number.isSafeInteger(this.#queuedMax) || this.#queuedMax < 1) {
      throw new TypeError(`event loop ${options.name} needs maxQueued of at least 1, got ${this.#queuedMax}`);
    }
  }

  /** The number of waiting events. */
  get queued(): number {
    return this.#queued;
  }

  /** Begins to handle events, earlier posted events included. @throws TypeError on a second start. */
  start(): void {
    if (this.#state !== 'new')
      throw new TypeError(`event loop ${this.#options.name} was started or stopped before`);
    this.#state = 'started';
    this.#run();
  }

  /**
   * Queues an event; the handler never runs inside this call.
   *
   * @returns false when the event was refused: the loop is stopping or stopped, or the queue is full. A full queue is
   *   also reported to `onError`, with `MR_EVENT_LOOP_FULL`.
   */
  post(event: E): boolean {
    if (this.#state === 'draining' || this.#state === 'stopped') return false;
    if (this.#queued >= this.#queuedMax) {
      this.#report(this.#fullError(), event);
      return false;
    }
    this.#events.push(event);
    this.#queued += 1;
    if (this.#state === 'started') this.#run();
    return true;
  }

  /**
   * Refuses further events and resolves when the handler is idle. With `drain` the waiting events are handled first,
   * without `drain` they are dropped; so are the events of a loop that was never started. May be repeated: a stop
   * without `drain` shortens a stop with `drain`. A handler must not await the stop of its own loop.
   */
  async stop(options: { readonly drain: boolean }): Promise<void> {
    const drains = options.drain && (this.#state === 'started' || this.#state === 'draining');
    this.#state = drains ? 'draining' : 'stopped';
    if (!drains) this.#forgetQueued();
    await this.#running;
    this.#state = 'stopped';
  }

  #run(): void {
    this.#running ??= this.#handleAll();
  }

  async #handleAll(): Promise<void> {
    // Posting only queues: even the first event is handled after the posting code has continued.
    await undefined;
    let handled = 0;
    while (this.#queued > 0) {
      const events = this.#events;
      this.#events = [];
      for (const event of events) {
        if (this.#state === 'stopped') break;
        this.#queued -= 1;
        await this.#handleOne(event);
        handled += 1;
        if (handled % EVENTS_PER_TURN === 0) await new Promise((resolve) => setImmediate(resolve));
      }
    }
    // Executed in the same step that found the queue empty: a later post starts a new run.
    this.#running = undefined;
  }

  async #handleOne(event: E): Promise<void> {
    try {
      await this.#options.handle(event);
    } catch (error) {
      this.#report(error, event);
    }
  }

  #report(error: unknown, event: E): void {
    try {
      this.#options.onError(error, event);
    } catch (unreported) {
      // No handler is left: the error becomes an uncaught exception, and the loop is not harmed.
      queueMicrotask(() => {
        throw unreported;
      });
    }
  }

  #forgetQueued(): void {
    this.#events = [];
    this.#queued = 0;
  }

  #fullError(): Error {
    return coreError(
      'MR_EVENT_LOOP_FULL',
      `event loop ${this.#options.name} has ${this.#queuedMax} events waiting and takes no more: its handler is too slow`,
      { details: { loop: this.#options.name, maxQueued: this.#queuedMax } },
    );
  }
}
