// The life of the receiver behind `postgresNotifications`. One object is one connection; notifications that are sent while there
// is no connection are lost.
import { clientSettings, quoted } from '@millrace/connection-postgres';
import type { Receiver, ReceiverContext } from '@millrace/core';
import { type MalformedReaction, MalformedValue, valueDecoder } from '@millrace/core/engine';
import type { ReceiverGauges } from '@millrace/core/observation';
import type { Notification } from 'pg';
import { postgresFailure, unusableTls } from '../connection/postgres-failure.ts';
import { ServerSession } from '../connection/session.ts';
import { malformedReaction } from '../decoding/malformed.ts';
import { NotificationBuffer } from './notification-buffer.ts';
import type { PostgresNotificationsOptions } from './notifications-options.ts';

/** A record with `record: 'full'`. */
export interface PostgresNotification<V = unknown> {
  readonly channel: string;
  /** In the form of the option `value`. */
  readonly value: V;
  /** The process of the server that has sent the notification. */
  readonly processId: number;
}

/** Listens to channels. */
export class NotificationsReceiver implements Receiver<unknown> {
  readonly #options: PostgresNotificationsOptions;
  readonly #decode: (bytes: Buffer) => unknown;
  #session: ServerSession | undefined;
  #buffer: NotificationBuffer | undefined;
  #malformed: MalformedReaction | undefined;
  #watch: Promise<void> | undefined;
  #isFailed = false;

  constructor(options: PostgresNotificationsOptions) {
    this.#options = options;
    this.#decode = valueDecoder(options.value);
  }

  /** Resolves when the server has confirmed every channel. */
  async start(context: ReceiverContext<unknown>): Promise<void> {
    const { channels, requestTimeoutMs, maxBuffered, onMalformed } = this.#options;
    const fail = (error: unknown): void => this.#fail(context, error);
    this.#buffer = new NotificationBuffer(context, maxBuffered, fail);
    this.#malformed = malformedReaction(context, onMalformed);
    try {
      const settings = await clientSettings(this.#options, {
        storage: context.storage,
        unusableTls,
      });
      const session = new ServerSession(settings, requestTimeoutMs);
      this.#session = session;
      if (context.signal.aborted) return;
      await session.connect();
      session.onNotification((message) => this.#take(context, message));
      await session.query(channels.map((channel) => `LISTEN ${quoted(channel)}`).join(';'));
      session.onLost(fail);
      if (context.signal.aborted) return;
      context.log.info('receiver listens to channels', { channels });
      this.#watch = this.#ask(context, session);
    } catch (error) {
      // A start that was interrupted by a stop is no failure.
      if (!context.signal.aborted) throw this.#failure(error);
    }
  }

  /** Ends the connection. */
  async stop(): Promise<void> {
    this.#session?.destroy();
    await this.#watch;
    this.#buffer?.end();
    this.#malformed?.end();
  }

  /** The notifications that the buffer did not hold. */
  gauges(): ReceiverGauges {
    return { droppedRecords: this.#buffer?.droppedTotal ?? 0 };
  }

  #take(context: ReceiverContext<unknown>, { channel, payload = '', processId }: Notification): void {
    if (context.signal.aborted) return;
    const bytes = Buffer.from(payload);
    const value = this.#decode(bytes);
    if (value instanceof MalformedValue) {
      if (this.#malformed?.leaveOut(value, `a notification of ${JSON.stringify(channel)}`) === false)
        this.#session?.destroy();
      return;
    }
    const record = this.#options.record === 'full' ? { channel, value, processId } : value;
    this.#buffer?.add(record, bytes.length);
  }

  /** Asks the server now and then: a connection whose other side is gone would be silent for ever. Never rejects. */
  async #ask(context: ReceiverContext<unknown>, session: ServerSession): Promise<void> {
    try {
      for (;;) {
        await context.clock.sleepFor(this.#options.heartbeatMs, context.signal);
        await session.query('SELECT 1');
      }
    } catch (error) {
      this.#fail(context, error);
    }
  }

  /** Requests a restart, once. */
  #fail(context: ReceiverContext<unknown>, error: unknown): void {
    if (this.#isFailed || context.signal.aborted) return;
    this.#isFailed = true;
    const failure = this.#failure(error);
    context.restart(failure.message, failure);
  }

  #failure(error: unknown) {
    const channels = this.#options.channels.map((channel) => JSON.stringify(channel)).join(', ');
    return postgresFailure(error, `listen to ${channels}`, this.#options);
  }
}
