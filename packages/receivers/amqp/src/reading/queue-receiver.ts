// The life of the receiver behind `amqpQueue`: one connection, from start to `closed`. Tags of an earlier channel never reach a
// later one, because every object has a connection of its own.
//
//   broker ──► message ──► waiting ──► room in flight, and in the engine? ──► store
//      gate shut while anything waits            │
//                      acknowledge ──────────────┘
import type { Receiver, ReceiverContext } from '@millrace/core';
import { MalformedReaction, MalformedValue } from '@millrace/core/engine';
import type { ReceiverGauges } from '@millrace/core/observation';
import type { ConsumeMessage } from 'amqplib';
import { amqpError } from '../amqp-errors.ts';
import { amqpFailure } from '../connection/amqp-failure.ts';
import { type DecodeAmqpMessage, messageDecoder } from './message-record.ts';
import { QueueConnection } from './queue-connection.ts';
import { QueueInFlight, type QueueToken } from './queue-in-flight.ts';
import type { AmqpQueueOptions } from './queue-options.ts';

/** Everything of one running receiver. */
interface Run {
  readonly context: ReceiverContext<unknown>;
  readonly malformed: MalformedReaction;
}

/** Reads a queue. */
export class QueueReceiver implements Receiver<unknown> {
  readonly #options: AmqpQueueOptions;
  readonly #inFlight: QueueInFlight;
  readonly #decode: DecodeAmqpMessage;
  /** Messages that were read before the gate was shut: no more than the bytes of one read. */
  readonly #waiting: ConsumeMessage[] = [];
  #run: Run | undefined;
  #connection: QueueConnection | undefined;
  #isEnded = false;
  /** True while the engine has no room. */
  #isFull = false;
  #redelivered = 0;

  constructor(options: AmqpQueueOptions) {
    this.#options = options;
    this.#inFlight = new QueueInFlight(options);
    this.#decode = messageDecoder(options);
  }

  /** Resolves when the broker delivers the queue. */
  async start(context: ReceiverContext<unknown>): Promise<void> {
    const { onMalformed, queue } = this.#options;
    const errorOf = (message: string, details: Readonly<Record<string, unknown>>) =>
      amqpError('MR_AMQP_MALFORMED', message, { details });
    const malformed = new MalformedReaction({ context, reaction: onMalformed, errorOf });
    this.#run = { context, malformed };
    try {
      const { clock, storage, signal } = context;
      this.#connection = await QueueConnection.open({
        options: this.#options,
        clock,
        storage,
        signal,
        listener: {
          onMessage: (message) => this.#onMessage(message),
          onLost: (error) => this.#restart(error),
        },
      });
      await this.#connection.consume();
      context.log.info('receiver reads a queue', { queue });
    } catch (error) {
      // A start that was interrupted by a stop is no failure; a connection that was lost has asked for a restart.
      if (!context.signal.aborted && !this.#isEnded) throw error;
    }
  }

  /** Acknowledges once for all tokens. @throws `MR_AMQP_UNREACHABLE` when the channel has ended. */
  acknowledge(tokens: readonly unknown[]): void {
    this.#acknowledge(this.#inFlight.release(tokens as readonly QueueToken[]));
    this.#storeWaiting();
  }

  /** Ends reading. The connection stays until `closed`, for acknowledgements. */
  stop(): void {
    this.#isEnded = true;
    this.#waiting.length = 0;
    this.#run?.malformed.end();
    this.#connection?.gate.set(false);
  }

  /** Closes the connection; the broker puts what is not acknowledged back into the queue. */
  async closed(): Promise<void> {
    await this.#connection?.close();
  }

  gauges(): ReceiverGauges {
    return { redeliveredRecords: this.#redelivered };
  }

  get #isOver(): boolean {
    return this.#isEnded || this.#run === undefined || this.#run.context.signal.aborted;
  }

  #onMessage(message: ConsumeMessage): void {
    // A message that is passed over without an acknowledgement comes again.
    if (this.#isOver) return;
    this.#waiting.push(message);
    if (!this.#isFull) this.#storeWaiting();
  }

  /** Stores what has room. The gate is open when nothing waits. */
  #storeWaiting(): void {
    while (!this.#isOver && !this.#isFull) {
      const [message] = this.#waiting;
      if (message === undefined || !this.#inFlight.hasRoom(message.content.length)) break;
      this.#waiting.shift();
      this.#store(message);
    }
    this.#connection?.gate.set(!this.#isOver && (this.#isFull || this.#waiting.length > 0));
  }

  #store(message: ConsumeMessage): void {
    const run = this.#run;
    if (run === undefined) return;
    const { context, malformed } = run;
    const { deliveryTag, redelivered } = message.fields;
    if (redelivered) this.#redelivered += 1;
    const record = this.#decode(message);
    if (record instanceof MalformedValue) {
      const { queue } = this.#options;
      const place = `a message of queue ${JSON.stringify(queue)}`;
      if (malformed.leaveOut(record, place, { queue })) this.#leaveOut(deliveryTag);
      else this.#isEnded = true;
      return;
    }
    const bytes = message.content.length;
    const token = this.#inFlight.store(bytes, deliveryTag);
    if (context.store(record, token, bytes)) return;
    this.#isFull = true;
    void this.#whenReady(context);
  }

  async #whenReady(context: ReceiverContext<unknown>): Promise<void> {
    try {
      await context.ready();
    } catch (error) {
      return context.signal.aborted ? undefined : this.#restart(error);
    }
    this.#isFull = false;
    this.#storeWaiting();
  }

  #leaveOut(tag: number): void {
    try {
      this.#acknowledge(this.#inFlight.leaveOut(tag));
    } catch (error) {
      this.#restart(error);
    }
  }

  #acknowledge(upTo: number | undefined): void {
    if (upTo !== undefined) this.#connection?.acknowledge(upTo);
  }

  #restart(error: unknown): void {
    const context = this.#run?.context;
    if (context === undefined || this.#isOver) return;
    this.#isEnded = true;
    const failure = amqpFailure(error, {
      what: `read the queue ${this.#options.queue}`,
      options: this.#options,
    });
    context.restart(failure.message, failure);
  }
}
