// The life of the receiver behind `redisMessages`. The server sends every message once, to whoever is connected at the moment:
//
//   message ─► room ─────────► store
//      └─────► no room ─► queue ─► store, when the engine takes records again
//                          └─ full: dropped, counted, reported
import type { Receiver, ReceiverContext } from '@millrace/core';
import { type MalformedReaction, MalformedValue, SummedReport, valueDecoder } from '@millrace/core/engine';
import type { ReceiverGauges } from '@millrace/core/observation';
import { RedisConnection } from '../connection/redis-connection.ts';
import { redisFailure } from '../connection/redis-failure.ts';
import { malformedReaction } from '../decoding/malformed.ts';
import { aborted } from '../reading/aborted.ts';
import { redisError } from '../redis-errors.ts';
import { MessageQueue } from './message-queue.ts';
import type { RedisMessagesOptions } from './messages-options.ts';

/** A record with `record: 'full'`. */
export interface RedisMessage<V = unknown> {
  /** In the form of the option `value`. */
  readonly value: V;
  /** The channel to which the message was published. */
  readonly channel: string;
}

/** Reads messages of channels. */
export class MessagesReceiver implements Receiver<unknown> {
  readonly #options: RedisMessagesOptions;
  readonly #decode: (bytes: Buffer) => unknown;
  readonly #queue: MessageQueue;
  #connection: RedisConnection | undefined;
  #malformed: MalformedReaction | undefined;
  #drops: SummedReport | undefined;
  #isWaiting = false;
  #isFailed = false;

  constructor(options: RedisMessagesOptions) {
    this.#options = options;
    this.#decode = valueDecoder(options.value);
    this.#queue = new MessageQueue({ maxMessages: options.maxQueued, maxBytes: options.maxBytesInFlight });
  }

  /** Resolves when the server has confirmed every channel and pattern. */
  async start(context: ReceiverContext<unknown>): Promise<void> {
    const { channels = [], patterns = [], onMalformed } = this.#options;
    this.#malformed = malformedReaction(context, onMalformed);
    this.#drops = new SummedReport({ clock: context.clock, tell: (...counts) => tellDrops(context, counts) });
    try {
      const connection = await RedisConnection.create(this.#options, context);
      if (context.signal.aborted) return;
      this.#connection = connection;
      const subscribed = connection
        .open()
        .then(() =>
          connection.subscribe(channels, patterns, (message, channel) =>
            this.#take(context, message, channel),
          ),
        );
      // A server that is silent must not delay a stop.
      await Promise.race([subscribed, aborted(context.signal)]);
      if (context.signal.aborted) return;
      connection.onLost((error) => this.#fail(context, error));
      context.log.info('receiver is subscribed to channels', { channels, patterns });
    } catch (error) {
      // A start that was interrupted by a stop is no failure.
      if (!context.signal.aborted) throw this.#failure('subscribe', error);
    }
  }

  /** Closes the connection. Messages that wait for room are dropped, and counted. */
  async stop(): Promise<void> {
    await this.#connection?.close();
    this.#drops?.add(this.#queue.size);
    this.#drops?.flush();
    this.#malformed?.end();
  }

  /** Messages that were dropped. */
  gauges(): ReceiverGauges {
    return { droppedRecords: this.#queue.dropped };
  }

  #take(context: ReceiverContext<unknown>, message: Buffer, channel: Buffer): void {
    if (context.signal.aborted || this.#isFailed) return;
    const name = channel.toString();
    const value = this.#decode(message);
    if (value instanceof MalformedValue) {
      const place = `a message of channel ${JSON.stringify(name)}`;
      if (this.#malformed?.leaveOut(value, place) === false) this.#isFailed = true;
      return;
    }
    const record = this.#options.record === 'full' ? { value, channel: name } : value;
    const bytes = message.length + channel.length;
    if (this.#isWaiting) {
      if (!this.#queue.add({ record, bytes })) this.#drops?.add(1);
    } else if (!context.store(record, undefined, bytes)) void this.#storeQueued(context);
  }

  /** Stores what waits, whenever there is room. Never rejects. */
  async #storeQueued(context: ReceiverContext<unknown>): Promise<void> {
    this.#isWaiting = true;
    try {
      for (;;) {
        await context.ready();
        for (;;) {
          const message = this.#queue.take();
          if (message === undefined) {
            this.#isWaiting = false;
            return;
          }
          if (!context.store(message.record, undefined, message.bytes)) break;
        }
      }
    } catch (error) {
      this.#fail(context, error);
    }
  }

  /** Requests a restart, once. */
  #fail(context: ReceiverContext<unknown>, error: unknown): void {
    if (this.#isFailed || context.signal.aborted) return;
    this.#isFailed = true;
    const failure = this.#failure('read messages', error);
    context.restart(failure.message, failure);
  }

  #failure(what: string, error: unknown) {
    return redisFailure(error, { what, options: this.#options });
  }
}

function tellDrops(
  context: ReceiverContext<unknown>,
  [count, total]: readonly [count: number, total: number],
): void {
  const message = `dropped ${count} messages for lack of room, ${total} since the start`;
  const details = { dropped: count, totalDropped: total };
  context.reportError(message, redisError('MR_REDIS_DROPPED', message, { details }));
}
