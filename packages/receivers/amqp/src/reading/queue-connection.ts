// The connection of one receiver at the edge to the client library: one channel with one consumer. The library connects to
// nothing again: a failure goes to the engine, which restarts the receiver with growing delays.
import { openConnection, placeOf } from '@millrace/connection-amqp';
import type { Clock, Storage } from '@millrace/core';
import type { Channel, ChannelModel, ConsumeMessage, Message } from 'amqplib';
import { amqpError } from '../amqp-errors.ts';
import { amqpFailure, unusableTls } from '../connection/amqp-failure.ts';
import { ReadGate } from '../connection/read-gate.ts';
import type { AmqpQueueOptions } from './queue-options.ts';

/** The reports of a connection. */
export interface QueueListener {
  readonly onMessage: (message: ConsumeMessage) => void;
  /** The connection has ended by itself. */
  readonly onLost: (error: unknown) => void;
}

/** Collaborators of a connection. */
export interface QueueConnectionDeps {
  readonly storage: Storage;
  /** Ends a pending opening. */
  readonly signal: AbortSignal;
  readonly options: AmqpQueueOptions;
  readonly clock: Clock;
  readonly listener: QueueListener;
}

const CLOSE_MS = 3_000;

/** A channel that consumes a queue. */
export class QueueConnection {
  readonly gate: ReadGate;
  readonly #model: ChannelModel;
  readonly #deps: QueueConnectionDeps;
  readonly #failed = Promise.withResolvers<never>();
  #channel: Channel | undefined;
  #phase = 'open a channel';
  #isEnding = false;
  #error: unknown;

  private constructor(model: ChannelModel, deps: QueueConnectionDeps) {
    this.#model = model;
    this.#deps = deps;
    this.gate = new ReadGate(model);
    this.#failed.promise.catch(() => undefined);
    model.on('error', (error) => (this.#error ??= error));
    model.on('close', (error) => this.#end(error ?? new Error('the connection ended')));
  }

  /** Connects. `consume` has to follow. @throws `MR_AMQP_…` */
  static async open(deps: QueueConnectionDeps): Promise<QueueConnection> {
    try {
      return new QueueConnection(await openConnection(deps.options, { ...deps, unusableTls }), deps);
    } catch (error) {
      throw amqpFailure(error, { what: 'connect', options: deps.options });
    }
  }

  /** Finds or declares the queue and begins the delivery. @throws `MR_AMQP_…` */
  async consume(): Promise<void> {
    const { signal } = this.#deps;
    const abort = (): void => this.#failed.reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    try {
      await Promise.race([this.#failed.promise, this.#consume()]);
    } catch (error) {
      // The close of the connection tells more than the call that it has ended.
      throw this.#failure(this.#error ?? error);
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }

  /** Acknowledges everything up to a tag. @throws `MR_AMQP_UNREACHABLE` when the channel has ended. */
  acknowledge(upTo: number): void {
    try {
      this.#channel?.ack({ fields: { deliveryTag: upTo } } as Message, true);
    } catch (error) {
      throw this.#failure(this.#error ?? error);
    }
  }

  /** Closes within 3 s; the broker keeps what is not acknowledged. May be repeated. */
  async close(): Promise<void> {
    this.#isEnding = true;
    this.gate.set(false);
    const wait = new AbortController();
    const late = this.#deps.clock.sleepFor(CLOSE_MS, wait.signal).catch(() => undefined);
    await Promise.race([this.#closeBoth(), late]);
    wait.abort();
    this.gate.destroy();
  }

  async #consume(): Promise<void> {
    const { queue, create, maxInFlight } = this.#deps.options;
    const channel = await this.#model.createChannel();
    this.#channel = channel;
    channel.on('error', (error) => (this.#error ??= error));
    channel.on('close', () => this.#end(new Error('the channel ended')));
    this.#phase = `find the queue ${queue}`;
    if (create) await channel.assertQueue(queue, { durable: true });
    else await channel.checkQueue(queue);
    this.#phase = `read the queue ${queue}`;
    await channel.prefetch(maxInFlight);
    await channel.consume(queue, (message) => this.#onMessage(message));
  }

  #onMessage(message: ConsumeMessage | null): void {
    if (this.#isEnding) return;
    if (message !== null) return this.#deps.listener.onMessage(message);
    const { options } = this.#deps;
    const text = `the broker ended the delivery of the queue ${options.queue} at ${placeOf(options)}`;
    this.#end(amqpError('MR_AMQP_QUEUE_GONE', text, { details: { queue: options.queue } }));
  }

  /** The channel first: its end waits for acknowledgements, which the end of the connection overtakes. */
  async #closeBoth(): Promise<void> {
    try {
      await this.#channel?.close();
      await this.#model.close();
    } catch {
      // Closed already.
    }
  }

  /** The first error counts. */
  #end(error: unknown): void {
    this.#error ??= error;
    if (this.#isEnding) return;
    this.#isEnding = true;
    const failure = this.#failure(this.#error);
    this.#failed.reject(failure);
    this.#deps.listener.onLost(failure);
  }

  #failure(error: unknown): unknown {
    const isDeclaring = this.#phase.startsWith('find');
    return amqpFailure(error, { what: this.#phase, options: this.#deps.options, isDeclaring });
  }
}
