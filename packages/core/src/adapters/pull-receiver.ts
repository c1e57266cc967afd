// A receiver over any source with a request for the next record: it requests, stores, and waits while the engine does
// not accept records, so that the missing request applies back-pressure. The base of three adapters.
import type { Receiver, ReceiverContext } from '../contracts/receiver.ts';
import { giveBack } from './give-back.ts';

/** A source, opened for one start. */
export interface PullSource<T> {
  /** Iterates over the records. `return` is called once, unless the records ended or failed. */
  readonly iterator: AsyncIterator<T, unknown> | Iterator<T, unknown>;
  /** Ends a pending read; called before `iterator.return`, which may wait for that read. */
  readonly abandon?: () => void;
}

/** The source of a pull receiver, with its reaction to failures. */
export interface PullReceiverOptions<T> {
  /** Opens the source. The signal is aborted when the receiver has to stop. */
  readonly open: (signal: AbortSignal) => PullSource<T> | Promise<PullSource<T>>;
  readonly onError: 'restart' | 'stop';
}

/**
 * A source that always has a next record would never let the event loop turn: blocks would not be cut, and batches
 * would not run. After this many records the receiver yields one turn, which costs next to nothing.
 */
const RECORDS_PER_TURN = 4_096;

/** Reads a source by requesting one record after the other. */
export class PullReceiver<T> implements Receiver<T> {
  readonly #options: PullReceiverOptions<T>;
  #context: ReceiverContext<T> | undefined;
  #source: PullSource<T> | undefined;
  /** True once the iterator itself has reported its end: then there is nothing to release. */
  #isExhausted = false;
  #reading: Promise<void> = Promise.resolve();

  constructor(options: PullReceiverOptions<T>) {
    this.#options = options;
  }

  /** Resolves when the source is open, when the engine was told of the failure, or at the stop. */
  start(context: ReceiverContext<T>): Promise<void> {
    this.#context = context;
    const opened = Promise.withResolvers<void>();
    // A stop waits for a pending start, and a source may never open.
    context.signal.addEventListener('abort', () => opened.resolve(), { once: true });
    this.#reading = this.#read(context, opened.resolve).finally(opened.resolve);
    return opened.promise;
  }

  async stop(): Promise<void> {
    const context = this.#context;
    if (context === undefined) return;
    await giveBack(context, async () => {
      const source = this.#source;
      if (source !== undefined) await this.#release(source);
      await this.#reading;
    });
  }

  /** Reads to the end, a failure or the stop; never rejects. */
  async #read(context: ReceiverContext<T>, onOpened: () => void): Promise<void> {
    try {
      this.#source = await this.#options.open(context.signal);
      // Stopped during opening: `stop` saw no source, so the source is released here.
      if (context.signal.aborted) return await this.#release(this.#source);
      onOpened();
      await this.#storeAll(context, this.#source.iterator);
      if (!context.signal.aborted) context.stop('end of input');
    } catch (error) {
      this.#fail(context, error);
    }
  }

  async #storeAll(context: ReceiverContext<T>, iterator: PullSource<T>['iterator']): Promise<void> {
    const { clock, signal } = context;
    for (let sinceTurn = 1; !signal.aborted; sinceTurn += 1) {
      const next = await this.#next(iterator);
      if (next.done === true || signal.aborted) return;
      if (!context.store(next.value)) await context.ready();
      if (sinceTurn % RECORDS_PER_TURN === 0) await clock.sleepFor(0, signal);
    }
  }

  async #next(iterator: PullSource<T>['iterator']): Promise<IteratorResult<T, unknown>> {
    try {
      const next = await iterator.next();
      if (next.done === true) this.#isExhausted = true;
      return next;
    } catch (error) {
      this.#isExhausted = true;
      throw error;
    }
  }

  #fail(context: ReceiverContext<T>, error: unknown): void {
    if (context.signal.aborted) {
      // A source that is cut off usually fails, and a cancelled wait always fails: the failure is part of the stop.
      context.log.debug('source failed while the receiver was being stopped', { error });
    } else if (this.#options.onError === 'stop') {
      context.stop('the source failed', error);
    } else {
      context.restart('the source failed', error);
    }
  }

  async #release({ iterator, abandon }: PullSource<T>): Promise<void> {
    abandon?.();
    if (this.#isExhausted) return;
    this.#isExhausted = true;
    await iterator.return?.();
  }
}
