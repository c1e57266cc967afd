// The life of a receiver whose source wants acknowledgements, independent of the source (see read-source.ts).
//
//   source ──delivery──► store(record, tag) ──► durable and registered ──► acknowledge(tags) ──► source
//
// An unacknowledged message is redelivered after the end of the connection: this makes the receiver reliable. So only
// messages reported by the engine are acknowledged, and the connection stays open until the last report.
import type { Receiver, ReceiverContext } from '@millrace/core';

/** The name of a message for its acknowledgement: a number of the connection, or an identifier of the source. */
export type DeliveryTag = number | string;

/** One message, and the tag for its acknowledgement. */
export interface Delivery<T, Tag extends DeliveryTag = number> {
  readonly tag: Tag;
  readonly record: T;
}

/** The context of reading, the only access to time, chance and files. */
export type SourceContext = Pick<
  ReceiverContext<never>,
  'signal' | 'clock' | 'random' | 'storage' | 'log' | 'reportError'
>;

/** A connection to the source. */
export interface AcknowledgedSource<T, Tag extends DeliveryTag = number> {
  /**
   * Messages in order of arrival, until the connection ends. The next message is requested when storage has room. Throws when
   * the source fails, and when the signal of the context is aborted; the connection then stays open.
   */
  deliveries(): AsyncIterable<Delivery<T, Tag>>;
  /**
   * Acknowledges messages at the source, so that the source does not redeliver them. May answer later; a rejection means a
   * broken connection, on which the source redelivers.
   */
  acknowledge(tags: readonly Tag[]): void | Promise<void>;
  /** Closes the connection after all acknowledgements have been sent. */
  close(): Promise<void>;
}

/** Stores the messages of a source, and acknowledges durable messages. */
export class AcknowledgingReceiver<T, Tag extends DeliveryTag = number> implements Receiver<T> {
  readonly #open: (context: SourceContext) => Promise<AcknowledgedSource<T, Tag>>;
  #source: AcknowledgedSource<T, Tag> | undefined;
  #reading: Promise<void> | undefined;

  /** @param open Connects; called once, and rejects when the source is away or the signal is aborted. */
  constructor(open: (context: SourceContext) => Promise<AcknowledgedSource<T, Tag>>) {
    this.#open = open;
  }

  /** A rejection requests a restart after a delay that grows. */
  async start(context: ReceiverContext<T>): Promise<void> {
    const source = await this.#open(context);
    // Stopped while connecting: no later call closes this connection.
    if (context.signal.aborted) return await source.close();
    this.#source = source;
    this.#reading = this.#read(source, context);
  }

  /** Ends the reading. Acknowledgements may follow until `closed`. */
  async stop(): Promise<void> {
    await this.#reading;
  }

  /** Tags arrive in the order of `store`, and only after their records are durable. */
  async acknowledge(tags: readonly unknown[]): Promise<void> {
    await this.#source?.acknowledge(tags as readonly Tag[]);
  }

  async closed(): Promise<void> {
    await this.#source?.close();
  }

  /** Never rejects. */
  async #read(source: AcknowledgedSource<T, Tag>, context: ReceiverContext<T>): Promise<void> {
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
