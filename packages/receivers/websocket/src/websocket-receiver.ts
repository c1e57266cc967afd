// The life of the receiver behind `webSocketMessages`. One object is one connection:
//
//   message ─► store ─false─► pause ─► await ready() ─► what came meanwhile ─► resume
//                                      └─ messages in the buffers of the connection wait here: up to 64 KiB and one message
import type { Receiver, ReceiverContext } from '@millrace/core';
import { MalformedValue, SummedReport, valueDecoder } from '@millrace/core/engine';
import { aborted } from './aborted.ts';
import { WebSocketConnection } from './websocket-connection.ts';
import { webSocketError } from './websocket-errors.ts';
import { addressOf, type WebSocketOptions } from './websocket.options.ts';

/** A record with `record: 'full'`. */
export interface WebSocketMessage<V = unknown> {
  /** In the form of the option `value`. */
  readonly value: V;
  /** The time of arrival at this machine, in milliseconds since 1970. */
  readonly timestampMs: number;
}

/** Reads the messages of a server. */
export class WebSocketReceiver implements Receiver<unknown> {
  readonly #options: WebSocketOptions;
  readonly #decode: (bytes: Buffer) => unknown;
  /** Messages that came after a pause. */
  #waiting: Buffer[] = [];
  #connection: WebSocketConnection | undefined;
  #malformed: SummedReport | undefined;
  #newest = '';
  #isPaused = false;
  #isOver = false;

  constructor(options: WebSocketOptions) {
    this.#options = options;
    this.#decode = valueDecoder(options.value);
  }

  /** Resolves when the connection stands. */
  async start(context: ReceiverContext<unknown>): Promise<void> {
    this.#malformed = new SummedReport({
      clock: context.clock,
      tell: (count, total) => this.#tellMalformed(context, count, total),
    });
    try {
      const connection = await WebSocketConnection.create(this.#options, context);
      if (context.signal.aborted) {
        await connection.close();
        return;
      }
      this.#connection = connection;
      const opening = connection.open({
        onMessage: (message) => this.#take(context, message),
        onLost: (error) => this.#restart(context, error),
      });
      // A server that is silent must not delay a stop.
      await Promise.race([opening, aborted(context.signal)]);
      if (!context.signal.aborted)
        context.log.info('receiver is connected', { address: addressOf(this.#options) });
    } catch (error) {
      // A start that was interrupted by a stop is no failure.
      if (!context.signal.aborted) throw error;
    }
  }

  /** Ends the connection at once. */
  async stop(): Promise<void> {
    await this.#connection?.close();
    this.#malformed?.flush();
  }

  #take(context: ReceiverContext<unknown>, message: Buffer): void {
    if (context.signal.aborted || this.#isOver) return;
    if (this.#isPaused) this.#waiting.push(message);
    else if (!this.#store(context, message)) void this.#waitForRoom(context);
  }

  /** False when the engine has no room. */
  #store(context: ReceiverContext<unknown>, message: Buffer): boolean {
    const value = this.#decode(message);
    if (value instanceof MalformedValue) {
      this.#leaveOut(context, value);
      return true;
    }
    const isFull = this.#options.record === 'full';
    const record = isFull ? { value, timestampMs: context.clock.now() } : value;
    return context.store(record, undefined, message.length);
  }

  /** Never rejects. */
  async #waitForRoom(context: ReceiverContext<unknown>): Promise<void> {
    this.#isPaused = true;
    this.#connection?.pause();
    try {
      await context.ready();
      while (!this.#storeWaiting(context)) await context.ready();
      this.#isPaused = false;
      this.#connection?.resume();
    } catch (error) {
      this.#restart(context, error);
    }
  }

  /** True when nothing waits any more. */
  #storeWaiting(context: ReceiverContext<unknown>): boolean {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const [index, message] of waiting.entries()) {
      if (this.#isOver) return true;
      if (this.#store(context, message)) continue;
      this.#waiting = waiting.slice(index + 1);
      return false;
    }
    return true;
  }

  #leaveOut(context: ReceiverContext<unknown>, { problem }: MalformedValue): void {
    const place = `a message of ${addressOf(this.#options)}`;
    if (this.#options.onMalformed === 'skip') {
      this.#newest = `${problem} in ${place}`;
      this.#malformed?.add(1);
      return;
    }
    this.#isOver = true;
    const message = `${problem} in ${place}; set onMalformed to skip to leave such messages out`;
    context.stop(message, webSocketError('MR_WEBSOCKET_MALFORMED', message));
  }

  #tellMalformed(context: ReceiverContext<unknown>, count: number, total: number): void {
    const message = `left out ${count} malformed messages, ${total} since the start; the last: ${this.#newest}`;
    const details = { skipped: count, totalSkipped: total };
    context.reportError(message, webSocketError('MR_WEBSOCKET_MALFORMED', message, { details }));
  }

  /** Requests a restart, once. */
  #restart(context: ReceiverContext<unknown>, error: unknown): void {
    if (this.#isOver || context.signal.aborted) return;
    this.#isOver = true;
    context.restart(error instanceof Error ? error.message : 'the receiver failed', error);
  }
}
