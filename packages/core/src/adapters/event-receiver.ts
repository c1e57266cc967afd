// The receiver behind `fromEventEmitter`.
//
//   event ─► store ── true ─► done
//              └── false ─► held: events go to the buffer ─► ready ─► store the buffer ─► …until store says true
//                             └── buffer full: dropped, counted, reported
import type { Receiver, ReceiverContext } from '../contracts/receiver.ts';
import { coreError } from '../errors/core-errors.ts';
import { giveBack } from './give-back.ts';

/** The required methods of an emitter; Node's `EventEmitter` has these methods. */
export interface EventSource {
  on(event: string, listener: (...args: unknown[]) => void): unknown;
  off(event: string, listener: (...args: unknown[]) => void): unknown;
}

/** The settings of `fromEventEmitter`, complete. */
export interface EventReceiverOptions<T, E extends EventSource> {
  readonly create: (signal: AbortSignal) => E;
  readonly close: ((emitter: E) => void | Promise<void>) | undefined;
  readonly event: string;
  readonly toRecord: (...args: readonly unknown[]) => T;
  readonly endEvent: string;
  readonly errorEvent: string;
  readonly maxBuffered: number;
  readonly onError: 'restart' | 'stop';
}

/** The ending to report to the engine once all earlier records have been stored. */
type Ending = { readonly kind: 'end' } | { readonly kind: 'error'; readonly error: unknown };

/** Stores the events of one emitter. */
export class EventReceiver<T, E extends EventSource> implements Receiver<T> {
  readonly #options: EventReceiverOptions<T, E>;
  #context: ReceiverContext<T> | undefined;
  #emitter: E | undefined;
  /** Events that wait until `ready` resolves, at most `maxBuffered`. */
  #buffered: T[] = [];
  /** True while `ready` is pending. */
  #isHeld = false;
  #ending: Ending | undefined;
  /** Dropped since the buffer was last empty, and since the start. */
  #dropped = 0;
  #droppedTotal = 0;

  constructor(options: EventReceiverOptions<T, E>) {
    this.#options = options;
  }

  start(context: ReceiverContext<T>): void {
    const { create, event, endEvent, errorEvent } = this.#options;
    this.#context = context;
    const emitter = create(context.signal);
    this.#emitter = emitter;
    emitter.on(event, this.#onEvent);
    emitter.on(endEvent, this.#onEnd);
    emitter.on(errorEvent, this.#onError);
  }

  async stop(): Promise<void> {
    const [context, emitter] = [this.#context, this.#emitter];
    if (context === undefined || emitter === undefined) return;
    this.#detach(emitter);
    this.#reportDropped(context, this.#buffered.length);
    this.#buffered = [];
    await giveBack(context, async () => {
      await this.#options.close?.(emitter);
      emitter.off(this.#options.errorEvent, this.#onError);
    });
  }

  readonly #onEvent = (...args: unknown[]): void => {
    const context = this.#context;
    // Between the abort and `stop` an emitter may continue; storing is over.
    if (context === undefined || context.signal.aborted || this.#ending !== undefined) return;
    try {
      // bounded: the arguments of an event
      const record = this.#options.toRecord(...args);
      if (this.#isHeld) this.#buffer(context, record);
      else if (!context.store(record)) void this.#waitUntilReady(context);
    } catch (error) {
      // The error is not thrown here, because a throw would surface in the code that emitted the event.
      this.#finish({ kind: 'error', error });
    }
  };

  readonly #onEnd = (): void => this.#finish({ kind: 'end' });

  readonly #onError = (error: unknown): void => this.#finish({ kind: 'error', error });

  #buffer(context: ReceiverContext<T>, record: T): void {
    if (this.#buffered.length < this.#options.maxBuffered) {
      this.#buffered.push(record);
      return;
    }
    this.#dropped += 1;
    this.#droppedTotal += 1;
    if (this.#dropped > 1) return;
    const { event, maxBuffered } = this.#options;
    const message = `the buffer for '${event}' is full at ${maxBuffered} records: records are dropped until the buffer is empty`;
    context.reportError(message, coreError('MR_RECEIVER_BUFFER_FULL', message, { details: { maxBuffered } }));
  }

  /** Waits and stores the buffer, until the buffer is empty and `store` answers true; never rejects. */
  async #waitUntilReady(context: ReceiverContext<T>): Promise<void> {
    this.#isHeld = true;
    try {
      do {
        await context.ready();
        this.#isHeld = !this.#storeBuffered(context);
      } while (this.#isHeld);
      this.#reportDropped(context, 0);
      this.#tellEnding(context);
    } catch (error) {
      if (!context.signal.aborted) this.#giveUp(context, error);
    }
  }

  /** True when everything was stored and the engine accepts more. */
  #storeBuffered(context: ReceiverContext<T>): boolean {
    let stored = 0;
    let isWelcome = true;
    while (isWelcome && stored < this.#buffered.length) {
      isWelcome = context.store(this.#buffered[stored] as T);
      stored += 1;
    }
    this.#buffered.splice(0, stored);
    return isWelcome;
  }

  #reportDropped(context: ReceiverContext<T>, unstored: number): void {
    const [dropped, droppedTotal] = [this.#dropped + unstored, this.#droppedTotal + unstored];
    this.#dropped = 0;
    if (dropped === 0) return;
    const { event, maxBuffered } = this.#options;
    const message = `${dropped} records of '${event}' were dropped, ${droppedTotal} since the start`;
    const details = { dropped, droppedTotal, maxBuffered };
    context.reportError(message, coreError('MR_RECEIVER_BUFFER_FULL', message, { details }));
  }

  /** The first ending counts. The ending is reported at once, or after the buffer has been stored. */
  #finish(ending: Ending): void {
    const context = this.#context;
    if (context === undefined || context.signal.aborted || this.#ending !== undefined) return;
    this.#ending = ending;
    if (!this.#isHeld) this.#tellEnding(context);
  }

  #tellEnding(context: ReceiverContext<T>): void {
    if (this.#ending?.kind === 'end') context.stop('end of input');
    if (this.#ending?.kind === 'error') this.#giveUp(context, this.#ending.error);
  }

  #giveUp(context: ReceiverContext<T>, error: unknown): void {
    if (this.#options.onError === 'stop') context.stop('the source failed', error);
    else context.restart('the source failed', error);
  }

  /** The error listener stays until the emitter is closed: an error event without a listener ends the process. */
  #detach(emitter: E): void {
    emitter.off(this.#options.event, this.#onEvent);
    emitter.off(this.#options.endEvent, this.#onEnd);
  }
}
