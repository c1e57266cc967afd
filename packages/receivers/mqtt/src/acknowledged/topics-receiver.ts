// The life of the receiver behind `mqttTopics`: one connection, from start to `closed`. Tokens of an earlier connection never
// reach a later one, because every object has a connection of its own.
//
//   broker ──► message ──► room in flight? ──► store ──► ready? ──► next message
//                          │ waits              │
//          acknowledge ────┘◄──── durable ──────┘
import type { Receiver, ReceiverContext } from '@millrace/core';
import { type MalformedReaction, MalformedValue } from '@millrace/core/engine';
import type { ReceiverGauges } from '@millrace/core/observation';
import type { IPublishPacket } from 'mqtt';
import { mqttFailure } from '../connection/mqtt-failure.ts';
import { MqttConnection, type SessionRequest } from '../connection/mqtt-connection.ts';
import { malformedReaction, placeOfMessage } from '../decoding/malformed.ts';
import { type DecodeMqttMessage, messageDecoder, sizeOf } from '../decoding/message-decoder.ts';
import { TopicsInFlight, type MessageToken } from './topics-in-flight.ts';
import type { MqttTopicsOptions } from './topics-options.ts';

/** Everything of one running receiver. */
interface Run {
  readonly context: ReceiverContext<unknown>;
  readonly malformed: MalformedReaction;
}

/** Reads topics at quality of service 1. */
export class TopicsReceiver implements Receiver<unknown> {
  readonly #options: MqttTopicsOptions;
  readonly #inFlight: TopicsInFlight;
  readonly #decode: DecodeMqttMessage;
  #run: Run | undefined;
  #connection: MqttConnection | undefined;
  #isEnded = false;
  #redelivered = 0;

  constructor(options: MqttTopicsOptions) {
    this.#options = options;
    this.#inFlight = new TopicsInFlight(options);
    this.#decode = messageDecoder(options);
  }

  /** Resolves when the broker has granted every topic, or when messages wait for room. */
  async start(context: ReceiverContext<unknown>): Promise<void> {
    const { onMalformed, clientId } = this.#options;
    this.#run = { context, malformed: malformedReaction(context, onMalformed) };
    context.signal.addEventListener('abort', () => this.#inFlight.wake(), { once: true });
    try {
      const { clock, storage, signal } = context;
      const ports = { clock, storage, signal, options: this.#options, session: this.#session() };
      const connection = await MqttConnection.create({
        ...ports,
        listener: {
          onMessage: (message, next) => this.#onMessage(message, next),
          onLost: (error) => this.#restart(error),
        },
      });
      this.#connection = connection;
      await connection.open();
      context.log.info('receiver connected', { clientId, isSessionPresent: connection.isSessionPresent });
      this.#checkExpiry(connection);
    } catch (error) {
      // A start that was interrupted by a stop is no failure.
      if (!context.signal.aborted) throw error;
    }
  }

  /** Acknowledges to the broker at once. */
  acknowledge(tokens: readonly unknown[]): void {
    this.#connection?.acknowledge(this.#inFlight.release(tokens as readonly MessageToken[]));
  }

  /** Ends reading. The connection stays until `closed`, for acknowledgements. */
  stop(): void {
    this.#isEnded = true;
    this.#inFlight.wake();
    this.#run?.malformed.end();
  }

  /** Closes the connection; the broker keeps the session. */
  async closed(): Promise<void> {
    await this.#connection?.close();
  }

  gauges(): ReceiverGauges {
    return { redeliveredRecords: this.#redelivered };
  }

  #session(): SessionRequest {
    const { clientId, topics, maxInFlight, sessionExpiryMs } = this.#options;
    const expirySeconds = Math.ceil(sessionExpiryMs / 1_000);
    return { clientId, topics, qos: 1, expirySeconds, receiveMaximum: maxInFlight };
  }

  #checkExpiry(connection: MqttConnection): void {
    const granted = connection.grantedExpirySeconds;
    const asked = Math.ceil(this.#options.sessionExpiryMs / 1_000);
    if (granted !== undefined && granted < asked) {
      this.#run?.context.log.warn('the broker keeps the session for a shorter time than asked', {
        clientId: this.#options.clientId,
        askedSeconds: asked,
        grantedSeconds: granted,
      });
    }
  }

  get #isOver(): boolean {
    return this.#isEnded || this.#run === undefined || this.#run.context.signal.aborted;
  }

  #onMessage(message: IPublishPacket, next: () => void): void {
    const bytes = sizeOf(message);
    // A message that is passed over without an acknowledgement comes again.
    if (this.#isOver) next();
    else if (this.#inFlight.hasRoom(bytes)) this.#take(message, bytes, next);
    else void this.#takeLater(message, bytes, next);
  }

  async #takeLater(message: IPublishPacket, bytes: number, next: () => void): Promise<void> {
    const signal = this.#run?.context.signal;
    if (signal !== undefined) await this.#inFlight.room(bytes, signal);
    if (this.#isOver) next();
    else this.#take(message, bytes, next);
  }

  #take(message: IPublishPacket, bytes: number, next: () => void): void {
    const run = this.#run;
    if (run === undefined) return next();
    const { context, malformed } = run;
    const { topic, qos, dup } = message;
    const messageId = qos === 1 ? message.messageId : undefined;
    if (dup) this.#redelivered += 1;
    const record = this.#decode(message);
    if (record instanceof MalformedValue) {
      if (malformed.leaveOut(record, placeOfMessage(topic), { topic }))
        this.#connection?.acknowledge(this.#inFlight.leaveOut(messageId));
      else this.#isEnded = true;
      return next();
    }
    const token = this.#inFlight.store(bytes, messageId);
    if (context.store(record, token, bytes)) next();
    else void this.#whenReady(context, next);
  }

  /** Lets the next message come when the engine has room, or when the receiver is stopped. */
  async #whenReady(context: ReceiverContext<unknown>, next: () => void): Promise<void> {
    try {
      await context.ready();
    } catch (error) {
      if (!context.signal.aborted) this.#restart(error);
    }
    next();
  }

  #restart(error: unknown): void {
    const context = this.#run?.context;
    if (context === undefined || this.#isOver) return;
    this.#isEnded = true;
    const failure = mqttFailure(error, { what: 'read', options: this.#options });
    context.restart(failure.message, failure);
  }
}
