// The life of the receiver behind `jetstreamRecords`. One object is one connection. Its tokens name messages that this object
// holds, so nothing of an earlier object reaches the server.
//
//   request ─► message ─► held, waiting ─► store ─► acknowledge ─► +ACK
//                 │           └── at the end: -NAK, the server sends the message to the next receiver at once
//                 └── held already: left out
//
// A broken connection leaves the rest to the next object; see handover.ts.
import type { Receiver, ReceiverContext, Timer } from '@millrace/core';
import { type MalformedReaction, MalformedValue } from '@millrace/core/engine';
import type { ReceiverGauges } from '@millrace/core/observation';
import type { Msg } from '@nats-io/transport-node';
import { type ArrivedMessage, ArrivedMessages } from '../arriving/arrived-messages.ts';
import { messageBytes } from '../arriving/message-bytes.ts';
import { natsFailure } from '../connection/nats-failure.ts';
import { malformedReaction, placeInStream } from '../decoding/malformed.ts';
import { type DecodeNatsMessage, streamMessageDecoder } from '../decoding/message-decoder.ts';
import { type Delivery, deliveryOf } from '../jetstream/delivery.ts';
import { JetStreamLink } from '../jetstream/jetstream-link.ts';
import { type AskEnd, PullRequests } from '../jetstream/pull-requests.ts';
import { handoverOf } from './handover.ts';
import { HeldMessages } from './held-messages.ts';
import { type FoundConsumer, recordsConsumer } from './records-consumer.ts';
import type { JetstreamRecordsOptions } from './records-options.ts';

/** The token of a stored record. */
interface MessageToken {
  readonly sequence: number;
  readonly bytes: number;
}

/** Everything of one connection. */
interface Reading {
  readonly context: ReceiverContext<unknown>;
  readonly jetstream: JetStreamLink;
  readonly consumer: FoundConsumer;
  readonly requests: PullRequests;
  readonly malformed: MalformedReaction;
  readonly decode: DecodeNatsMessage;
}

const ACK = Buffer.from('+ACK');
const AGAIN = Buffer.from('-NAK');
const GIVE_UP = Buffer.from('+TERM malformed');
const WORKING = Buffer.from('+WPI');
/** The largest request; a larger one would let other receivers of the consumer wait. */
const ASK_MAX = 20_000;
/** The part of the bounds that has to be free before the next request. */
const ROOM_PART = 4;
/** A single message has at most this number of bytes in NATS. */
const ANY_BYTES = 1_073_741_824;

/** Reads a stream by a pull consumer. */
export class RecordsReceiver implements Receiver<unknown> {
  readonly #options: JetstreamRecordsOptions;
  readonly #held: HeldMessages;
  readonly #arrived = new ArrivedMessages<Delivery>();
  #jetstream: JetStreamLink | undefined;
  #reading: Reading | undefined;
  #pumped: Promise<void> | undefined;
  #working: Timer | undefined;
  #newest: Delivery | undefined;
  #redelivered = 0;
  /** Acknowledged in vain: the connection was broken. */
  readonly #unheard: string[] = [];
  #isTooLarge = false;
  /** Nothing is stored any more. */
  #isOver = false;

  constructor(options: JetstreamRecordsOptions) {
    this.#options = options;
    const { maxInFlight, maxBytesInFlight } = options;
    this.#held = new HeldMessages({ maxMessages: maxInFlight, maxBytes: maxBytesInFlight });
  }

  /** Resolves when the consumer was found. */
  async start(context: ReceiverContext<unknown>): Promise<void> {
    try {
      const jetstream = await JetStreamLink.open(this.#options, context);
      this.#jetstream = jetstream;
      const consumer = await recordsConsumer(jetstream, this.#options, context.log);
      if (context.signal.aborted) return;
      const { stream, onMalformed } = this.#options;
      const reading: Reading = {
        context,
        jetstream,
        consumer,
        requests: this.#requestsOf(context, jetstream, consumer),
        malformed: malformedReaction(context, onMalformed),
        decode: streamMessageDecoder(this.#options, stream),
      };
      this.#reading = reading;
      jetstream.link.onLost((error) => this.#fail('stay connected', error));
      this.#takeOver(reading);
      this.#keepWorking(reading);
      this.#pumped = this.#pump(reading);
      this.#ask();
      context.log.info('receiver reads by a consumer', { stream, consumer: consumer.name });
    } catch (error) {
      // A start that was interrupted by a stop is no failure.
      if (!context.signal.aborted) throw this.#failure('find the consumer', error);
    }
  }

  /** Acknowledges at once, and resolves when the server has read the acknowledgements. */
  async acknowledge(tokens: readonly unknown[]): Promise<void> {
    const replies: string[] = [];
    for (const { sequence, bytes } of tokens as readonly MessageToken[]) {
      const reply = this.#held.release(sequence, bytes);
      if (reply === undefined) continue;
      this.#held.acknowledged(sequence);
      replies.push(reply);
    }
    const link = this.#link;
    try {
      for (const reply of replies) link.connection.publish(reply, ACK);
      this.#ask();
      await link.flush();
      this.#held.endRound();
    } catch (error) {
      for (const reply of replies) this.#unheard.push(reply);
      throw this.#failure('acknowledge', error);
    }
  }

  /** Ends reading. The connection stays until `closed`, for acknowledgements. */
  async stop(): Promise<void> {
    this.#isOver = true;
    this.#arrived.wake();
    const reading = this.#reading;
    if (reading === undefined) return;
    await reading.jetstream.link.settle(() => reading.requests.end());
    await this.#pumped;
    reading.malformed.end();
  }

  /** Gives back what was not acknowledged, and closes the connection. */
  async closed(): Promise<void> {
    this.#working?.cancel();
    const reading = this.#reading;
    const link = this.#jetstream?.link;
    if (link === undefined) return;
    const open = [...this.#held.replies()];
    if (!link.connection.isClosed()) for (const reply of open) link.connection.publish(reply, AGAIN);
    else if (reading !== undefined)
      handoverOf(this.#options).leave(
        { acknowledged: this.#unheard, open },
        reading.context.clock.monotonicMs(),
      );
    await link.close();
  }

  /** The messages that the consumer has not delivered, and those that wait here. */
  gauges(): ReceiverGauges {
    const redeliveredRecords = this.#redelivered;
    const newest = this.#newest;
    return newest === undefined
      ? { redeliveredRecords }
      : { lagRecords: newest.pending + this.#arrived.count, redeliveredRecords };
  }

  get #link() {
    const link = this.#jetstream?.link;
    if (link === undefined) throw new Error('expected a started receiver');
    return link;
  }

  #requestsOf(
    context: ReceiverContext<unknown>,
    jetstream: JetStreamLink,
    { name }: FoundConsumer,
  ): PullRequests {
    return new PullRequests({
      connection: jetstream.link.connection,
      clock: context.clock,
      subject: jetstream.pullSubject(name),
      inboxPrefix: this.#options.inboxPrefix,
      onMessage: (message) => this.#onMessage(message),
      onEnded: (end) => this.#onEnded(end),
      // A consumer that was deleted is told by the next start.
      onFailed: (error) => this.#fail('read', error),
      assertConsumer: async () => void (await jetstream.consumer(name)),
    });
  }

  #onMessage(message: Msg): void {
    const delivery = deliveryOf(message.reply ?? '');
    const { deliveries, sequence } = delivery;
    this.#newest = delivery;
    this.#isTooLarge = false;
    const reply = message.reply ?? '';
    if (deliveries > 1) {
      this.#redelivered += 1;
      if (this.#held.wasAcknowledged(sequence)) return this.#link.connection.publish(reply, ACK);
    }
    const bytes = messageBytes(message);
    if (this.#held.take(sequence, reply, bytes)) this.#arrived.push({ message, bytes, delivery });
  }

  #onEnded(end: AskEnd): void {
    if (end === 'too-large') this.#isTooLarge = true;
    this.#ask();
  }

  /** Asks for what has room, once there is room worth a request. */
  #ask(): void {
    const requests = this.#reading?.requests;
    if (requests === undefined || requests.isAsked || this.#isOver) return;
    const { maxInFlight, maxBytesInFlight } = this.#options;
    const { messages, bytes } = this.#held.room;
    if (this.#held.count === 0 && this.#isTooLarge) return requests.ask({ messages: 1, bytes: ANY_BYTES });
    const isWorth = messages * ROOM_PART >= maxInFlight && bytes * ROOM_PART >= maxBytesInFlight;
    if (this.#held.count > 0 && (!isWorth || this.#isTooLarge)) return;
    requests.ask({ messages: Math.min(messages, ASK_MAX), bytes });
  }

  /** Stores what arrives until the end. Never rejects. */
  async #pump(reading: Reading): Promise<void> {
    const { context } = reading;
    try {
      while (!this.#isOver && !context.signal.aborted) {
        const arrived = this.#arrived.take();
        if (arrived === undefined) await this.#arrived.more();
        else if (!this.#store(arrived, reading)) await context.ready();
      }
    } catch (error) {
      if (!context.signal.aborted) this.#fail('store', error);
    }
  }

  /** False when the receiver has to wait. */
  #store(
    { message, bytes, delivery: { sequence } }: ArrivedMessage<Delivery>,
    { context, decode, malformed }: Reading,
  ): boolean {
    const { stream } = this.#options;
    const value = decode(message);
    if (!(value instanceof MalformedValue))
      return context.store(value, { sequence, bytes } satisfies MessageToken, bytes);
    if (malformed.leaveOut(value, placeInStream(stream, sequence), { stream, sequence })) {
      const reply = this.#held.release(sequence, bytes);
      if (reply !== undefined) this.#link.connection.publish(reply, GIVE_UP);
      this.#ask();
    } else this.#isOver = true;
    return true;
  }

  /** Gives the word that a broken connection did not carry. */
  #takeOver({ context, consumer, jetstream }: Reading): void {
    const { connection } = jetstream.link;
    const nowMs = context.clock.monotonicMs();
    const { acknowledged, open } = handoverOf(this.#options).take(nowMs, consumer.ackWaitMs / 2);
    for (const reply of acknowledged) connection.publish(reply, ACK);
    for (const reply of open) connection.publish(reply, AGAIN);
  }

  /** Renews the time of every held message before the time is over. */
  #keepWorking(reading: Reading): void {
    const { context, consumer, jetstream } = reading;
    const { connection } = jetstream.link;
    this.#working = context.clock.after(consumer.ackWaitMs / 2, () => {
      if (connection.isClosed()) return;
      for (const reply of this.#held.replies()) connection.publish(reply, WORKING);
      this.#keepWorking(reading);
    });
  }

  /** Requests a restart, once. */
  #fail(what: string, error: unknown): void {
    const context = this.#reading?.context;
    if (this.#isOver || context === undefined || context.signal.aborted) return;
    this.#isOver = true;
    const failure = this.#failure(what, error);
    context.restart(failure.message, failure);
  }

  #failure(what: string, error: unknown) {
    const { stream, consumer } = this.#options;
    return natsFailure(error, { what: `${what} (${consumer} of ${stream})`, options: this.#options });
  }
}
