// The sink itself: each write has a channel of its own, so that the failure of one write ends no other.
import { placeOf } from '@millrace/connection-amqp';
import { coreError, type Sink, type SinkCapabilities, type SinkWrite, SystemClock } from '@millrace/core';
import type { ConfirmChannel } from 'amqplib';
import type { AmqpSinkOptions } from './amqp-sink.options.ts';
import { amqpSinkFailure } from './connection/amqp-sink-failure.ts';
import { SinkConnection } from './connection/sink-connection.ts';
import { type AmqpSinkMessage, convertedAhead, messageBodies } from './records/message-bodies.ts';
import { ConfirmedMessages, NotConfirmed } from './sending/confirmed-messages.ts';

/** Publishes partitions as messages. */
export class ExchangeSink<T> implements Sink<T> {
  readonly name = 'amqp';
  readonly capabilities: SinkCapabilities = Object.freeze({ delivery: 'at-least-once' });
  readonly #options: AmqpSinkOptions;
  readonly #convert: ((record: T) => AmqpSinkMessage) | undefined;
  readonly #connection: SinkConnection;
  readonly #clock = new SystemClock();
  readonly #writes = new Set<Promise<void>>();
  #isOpen = false;
  #isClosed = false;

  constructor(options: AmqpSinkOptions, convert: ((record: T) => AmqpSinkMessage) | undefined) {
    this.#options = options;
    this.#convert = convert;
    this.#connection = new SinkConnection(options);
  }

  /**
   * Connects, and looks for the exchange, or for the queue of the default exchange.
   *
   * @throws `MR_SINK_NOT_OPEN` after `close`, `MR_SINK_AMQP_UNREACHABLE`, `_DENIED`, `_TLS_UNUSABLE`, `_UNKNOWN`
   */
  async open(): Promise<void> {
    if (this.#isClosed) throw this.#notOpen();
    if (this.#isOpen) return;
    const { exchange, routingKey } = this.#options;
    const what = exchange === '' ? `find the queue ${routingKey}` : `find the exchange ${exchange}`;
    try {
      const channel = await this.#connection.channel();
      if (exchange !== '') await channel.checkExchange(exchange);
      // A function may choose other queues.
      else if (routingKey !== '' && this.#convert === undefined) await channel.checkQueue(routingKey);
      await channel.close();
      this.#isOpen = true;
    } catch (error) {
      await this.#connection.close();
      throw amqpSinkFailure(error, { what, options: this.#options });
    }
  }

  /**
   * Publishes one partition. Messages before a failed one stay at the broker, and come again with their ids.
   *
   * @throws `MR_SINK_NOT_OPEN`, `MR_SINK_UNSUPPORTED_RECORD`, `MR_SINK_AMQP_…`
   */
  async write(records: Iterable<T>, write: SinkWrite): Promise<void> {
    if (!this.#isOpen) throw this.#notOpen();
    const writing = this.#publish(records, write);
    this.#writes.add(writing);
    try {
      await writing;
    } finally {
      this.#writes.delete(writing);
    }
  }

  /** Waits for pending writes and closes the connection. May be repeated. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#isOpen = false;
    await Promise.allSettled(this.#writes);
    await this.#connection.close();
  }

  async #publish(records: Iterable<T>, write: SinkWrite): Promise<void> {
    const options = this.#options;
    const bodies = messageBodies(records, { convert: this.#convert, options, write });
    let channel: ConfirmChannel | undefined;
    let messages: ConfirmedMessages | undefined;
    try {
      for (const body of convertedAhead(bodies, options.bytesInMemory)) {
        channel ??= await this.#connected(() => this.#connection.channel(), write);
        messages ??= new ConfirmedMessages({ channel, options, clock: this.#clock });
        await this.#connected(() => messages?.publish(body), write);
      }
      await this.#connected(() => messages?.confirmed(), write);
    } finally {
      // The answer to the close of a channel never comes on a dead connection.
      channel?.close().catch(() => undefined);
    }
  }

  /** Errors of records stay unchanged; errors of the connection become those of this package. */
  async #connected<R>(act: () => R, write: SinkWrite): Promise<Awaited<R>> {
    try {
      return await act();
    } catch (error) {
      throw await this.#failure(error, write);
    }
  }

  async #failure(error: unknown, write: SinkWrite): Promise<Error> {
    const { blockedBy } = this.#connection;
    if (error instanceof NotConfirmed) await this.#connection.destroy();
    const why = blockedBy === undefined ? '' : `, which takes no messages now (${blockedBy})`;
    const what = `publish partition ${write.partition}${why}`;
    return amqpSinkFailure(error, { what, options: this.#options });
  }

  #notOpen(): Error {
    const place = placeOf(this.#options);
    const message = `expected the sink of ${place} to be open; open the sink once before the first write, and make another after close`;
    return coreError('MR_SINK_NOT_OPEN', message, { details: { sink: this.name, place } });
  }
}
