// The messages of one write on a channel of its own: published as long as few wait for their confirmation, then confirmed.
//
//   publish ──► unconfirmed ──► confirmed
//                    │            the broker has the message safely
//                    ├──► refused, returned: no queue takes the message
//                    └──► the channel ends: unknown
import type { Clock } from '@millrace/core';
import type { ConfirmChannel } from 'amqplib';
import { amqpSinkError } from '../amqp-sink-errors.ts';
import type { AmqpSinkOptions } from '../amqp-sink.options.ts';
import { CONTENT_TYPES, type MessageBody } from '../records/message-bodies.ts';

/** Collaborators of `ConfirmedMessages`. */
export interface ConfirmedMessagesDeps {
  readonly channel: ConfirmChannel;
  readonly options: AmqpSinkOptions;
  readonly clock: Clock;
}

/** Publishes and waits for confirmations. */
export class ConfirmedMessages {
  readonly #deps: ConfirmedMessagesDeps;
  #messages = 0;
  #bytes = 0;
  #failure: { readonly error: unknown } | undefined;
  #change: PromiseWithResolvers<void> | undefined;

  constructor(deps: ConfirmedMessagesDeps) {
    this.#deps = deps;
    const { channel, options } = deps;
    channel.on('error', (error) => this.#fail(error));
    channel.on('close', () => this.#fail(new Error('the channel ended')));
    channel.on('return', ({ fields }) => {
      const { exchange } = options;
      const message = `no queue takes messages of exchange ${JSON.stringify(exchange)} with routing key ${JSON.stringify(fields.routingKey)}`;
      const details = { exchange, routingKey: fields.routingKey };
      this.#fail(amqpSinkError('MR_SINK_AMQP_UNROUTABLE', message, { details }));
    });
  }

  /** Publishes one message when few wait. @throws the error of an earlier message. */
  async publish({ content, messageId, routingKey, headers }: MessageBody): Promise<void> {
    const { channel, options } = this.#deps;
    const { exchange, persistent, mandatory, maxUnconfirmed, bytesInMemory, value } = options;
    while (this.#messages >= maxUnconfirmed || (this.#messages > 0 && this.#bytes > bytesInMemory))
      await this.#progress();
    this.#assertNoFailure();
    this.#messages += 1;
    this.#bytes += content.length;
    const properties = { persistent, mandatory, messageId, headers, contentType: CONTENT_TYPES[value] };
    channel.publish(exchange, routingKey, content, properties, (error: unknown) => {
      this.#messages -= 1;
      this.#bytes -= content.length;
      if (error === null || error === undefined) this.#wake();
      else this.#fail(refusal(error));
    });
  }

  /** Resolves when the broker has confirmed every message. @throws the error of a message. */
  async confirmed(): Promise<void> {
    while (this.#messages > 0) await this.#progress();
    this.#assertNoFailure();
  }

  /** Waits for the next confirmation. */
  async #progress(): Promise<void> {
    this.#assertNoFailure();
    const { clock, options } = this.#deps;
    this.#change ??= Promise.withResolvers<void>();
    const wait = new AbortController();
    const late = clock.sleepFor(options.confirmTimeoutMs, wait.signal).then(
      () => true,
      () => false,
    );
    const isLate = await Promise.race([late, this.#change.promise.then(() => false)]);
    wait.abort();
    if (isLate) this.#fail(new NotConfirmed(options.confirmTimeoutMs));
    this.#assertNoFailure();
  }

  /** The first failure counts. */
  #fail(error: unknown): void {
    this.#failure ??= { error };
    this.#wake();
  }

  #wake(): void {
    this.#change?.resolve();
    this.#change = undefined;
  }

  #assertNoFailure(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }
}

/** The broker is silent: the connection is of no use any more. */
export class NotConfirmed extends Error {
  constructor(timeoutMs: number) {
    super(`no confirmation within ${timeoutMs} ms`);
  }
}

/** The library has words of its own for a refusal, and for a channel that ended with messages. */
function refusal(error: unknown): unknown {
  const isNacked = error instanceof Error && error.message === 'message nacked';
  return isNacked ? amqpSinkError('MR_SINK_AMQP_REFUSED', 'the broker refused a message') : error;
}
