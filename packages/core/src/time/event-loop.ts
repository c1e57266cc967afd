// One thing after the other. A component whose state must not be touched by two at once gives itself an event loop:
// others post events, and the loop hands them to one handler, each after the one before is done. The queue is
// bounded, because a component that falls behind for ever must say so and not fill the memory.
import { coreError } from '../errors/core-errors.ts';

/** How many events may wait unless told otherwise. */
const QUEUED_MAX = 10_000;

/** After so many events in a row the loop lets input and output have a turn. */
const EVENTS_PER_TURN = 256;

/** What an event loop is made of. */
export interface EventLoopOptions<E> {
  /** Names the loop in errors, for instance `'receiver-tracker'`. */
  readonly name: string;
  /** Handles one event. The next one waits until the promise it returns is settled. */
  readonly handle: (event: E) => void | Promise<void>;
  /**
   * Told of what the handler throws, with the event, and of events that found the queue full
   * (`MR_EVENT_LOOP_FULL`). The loop goes on. What this function itself throws is thrown in a turn of its own.
   */
  readonly onError: (error: unknown, event?: E) => void;
  /** How many events may wait; 10,000 by default. */
  readonly maxQueued?: number;
}

/** Handles events one at a time, in the order in which they were posted. */
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

  /** How many events wait. */
  get queued(): number {
    return this.#queued;
  }

  /** Begins to handle events, those posted before included. @throws TypeError on a second start. */
  start(): void {
    if (this.#state !== 'new')
      throw new TypeError(`event loop ${this.#options.name} was started or stopped before`);
    this.#state = 'started';
    this.#run();
  }

  /**
   * Queues an event; it is never handled inside this call.
   *
   * @returns false when it was not taken: the loop is stopping or stopped, or the queue is full. The latter is also
   * reported to `onError`, with `MR_EVENT_LOOP_FULL`.
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
   * Takes no more events and resolves when the handler is at rest. With `drain` the events that wait are handled
   * first, without it they are forgotten; so is whatever waits in a loop that was never started. May be repeated:
   * a stop without `drain` cuts short one with it. A handler must not await the stop of its own loop.
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
    // Posting only queues: the first event, too, is handled after the poster has gone on.
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
    // In the same step in which the queue was seen empty: what is posted from now on starts a new run.
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
      // Nobody is left to tell: it becomes an uncaught exception, and the loop is not harmed.
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
