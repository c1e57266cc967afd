// The life of a receiver whose source wants acknowledgements. It knows nothing of the source: that is read-source.ts.
//
//   source ──delivery──► store(record, tag) ──► durable and registered ──► acknowledge(tags) ──► source
//
// What is not acknowledged when the connection ends comes again: that is what makes the receiver reliable. So nothing
// is acknowledged that the engine has not named, and the connection stays until it has named the last.
import type { Receiver, ReceiverContext } from '@millrace/core';

/** One message, and what it is acknowledged by. */
export interface Delivery<T> {
  readonly tag: number;
  readonly record: T;
}

/** What reading may use. Time, chance and files come from here and from nowhere else. */
export type SourceContext = Pick<
  ReceiverContext<never>,
  'signal' | 'clock' | 'random' | 'storage' | 'log' | 'reportError'
>;

/** A connection to the source. */
export interface AcknowledgedSource<T> {
  /**
   * Messages as they come, until the connection ends. The next one is asked for when storing is welcome. Throws when the
   * source fails, and when the signal of the context is aborted; the connection is then still there.
   */
  deliveries(): AsyncIterable<Delivery<T>>;
  /** These messages need not come again. */
  acknowledge(tags: readonly number[]): void;
  /** Gives the connection back, after what was acknowledged has been sent. */
  close(): Promise<void>;
}

/** Stores what a source delivers, and acknowledges what has become durable. */
export class AcknowledgingReceiver<T> implements Receiver<T> {
  readonly #open: (context: SourceContext) => Promise<AcknowledgedSource<T>>;
  #source: AcknowledgedSource<T> | undefined;
  #reading: Promise<void> | undefined;

  /** @param open Connects; called once, and rejects when the source is away or the signal is aborted. */
  constructor(open: (context: SourceContext) => Promise<AcknowledgedSource<T>>) {
    this.#open = open;
  }

  /** A rejection is a request to be started anew, after a delay that grows. */
  async start(context: ReceiverContext<T>): Promise<void> {
    const source = await this.#open(context);
    // Stopped while it was connecting: nobody else will give it back.
    if (context.signal.aborted) return await source.close();
    this.#source = source;
    this.#reading = this.#read(source, context);
  }

  /** Ends the reading. Acknowledgements may follow until `closed`. */
  async stop(): Promise<void> {
    await this.#reading;
  }

  /** Tags come in the order of `store`, and only after their records are safe. */
  acknowledge(tags: readonly unknown[]): void {
    this.#source?.acknowledge(tags as readonly number[]);
  }

  async closed(): Promise<void> {
    await this.#source?.close();
  }

  /** Never rejects. */
  async #read(source: AcknowledgedSource<T>, context: ReceiverContext<T>): Promise<void> {
    try {
      for await (const { record, tag } of source.deliveries()) {
        if (!context.store(record, tag)) await context.ready();
      }
      context.restart('the source has ended the connection');
    } catch (error) {
      if (!context.signal.aborted) context.restart('reading the source failed', error);
    }
  }
}
