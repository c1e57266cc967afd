// Requests for messages of a consumer, one at a time. The library's own requests bound messages or bytes; these bound both,
// and so the memory of the receiver.
//
//   ask(500 messages, 1 MiB) ─► message … message ─► onEnded     500 messages were delivered
//                               status 408, 409   ─► onEnded     the time is over, or the next message has no room
//                               status 503, 400   ─► onFailed    the consumer is gone, or the request is refused
//
// Each request has an inbox of its own for its statuses: one that is late, such as `Batch Completed`, is none of the next request.
//
// The server sends a heartbeat while it has nothing. After a silence the consumer is asked about, and the request is made anew:
// the server that kept the request may be gone, although this connection stands.
import type { Clock, Timer } from '@millrace/core';
import {
  createInbox,
  type Msg,
  nanos,
  type NatsConnection,
  type Subscription,
} from '@nats-io/transport-node';
import { natsError } from '../nats-errors.ts';

/** The room for messages. */
export interface AskedRoom {
  readonly messages: number;
  /** At least 1. Counts subjects and headers, too. */
  readonly bytes: number;
}

/** The end of a request without a failure. `too-large`: the next message alone has more bytes than the room. */
export type AskEnd = 'over' | 'too-large';

/** Collaborators of `PullRequests`. */
export interface PullRequestsDeps {
  readonly connection: NatsConnection;
  readonly clock: Clock;
  /** The subject of requests. */
  readonly subject: string;
  readonly inboxPrefix: string;
  readonly onMessage: (message: Msg) => void;
  readonly onEnded: (end: AskEnd) => void;
  readonly onFailed: (error: unknown) => void;
  /** Hears with each heartbeat how many messages the consumer has delivered since it was made. */
  readonly onHeartbeat?: (delivered: number) => void;
  /** Rejects when the consumer is gone, or no server knows. */
  readonly assertConsumer: () => Promise<void>;
}

const HEARTBEAT = 100;
const DELIVERED = 'Nats-Last-Consumer';
const EXPIRES_MS = 30_000;
const HEARTBEAT_MS = 5_000;
/** Three missing heartbeats. */
const SILENCE_MS = 15_000;

/** Asks for messages of one consumer. */
export class PullRequests {
  readonly #deps: PullRequestsDeps;
  /** The beginning of the inboxes of one subscription. */
  #inboxes = '';
  #inbox = '';
  #asked = 0;
  #subscription: Subscription | undefined;
  #room: AskedRoom | undefined;
  /** Messages of the request that have not come yet. */
  #open = 0;
  #isHeard = false;
  #timer: Timer | undefined;
  #isEnded = false;

  constructor(deps: PullRequestsDeps) {
    this.#deps = deps;
  }

  /** True while a request is open. */
  get isAsked(): boolean {
    return this.#room !== undefined;
  }

  /** Asks for messages. There is no other request. */
  ask(room: AskedRoom): void {
    if (this.#isEnded) return;
    this.#room = room;
    this.#open = room.messages;
    this.#isHeard = true;
    this.#listen();
    this.#asked += 1;
    this.#inbox = `${this.#inboxes}.${this.#asked}`;
    this.#watch();
    const request = {
      batch: room.messages,
      max_bytes: room.bytes,
      expires: nanos(EXPIRES_MS),
      idle_heartbeat: nanos(HEARTBEAT_MS),
    };
    this.#deps.connection.publish(this.#deps.subject, JSON.stringify(request), { reply: this.#inbox });
  }

  /** Asks for nothing more. Resolves when every message that was on its way has come. Rejects without a connection. */
  async end(): Promise<void> {
    this.#isEnded = true;
    this.#timer?.cancel();
    const subscription = this.#subscription;
    this.#subscription = undefined;
    if (subscription !== undefined && !subscription.isClosed()) await subscription.drain();
  }

  #listen(): void {
    if (this.#subscription !== undefined) return;
    const { connection, inboxPrefix } = this.#deps;
    const inboxes = createInbox(inboxPrefix);
    this.#inboxes = inboxes;
    this.#subscription = connection.subscribe(`${inboxes}.*`, {
      callback: (error, message) => {
        // The library ends its reader at a throw.
        try {
          if (error !== null) this.#fail(error);
          else if (message.subject.startsWith(inboxes)) this.#onStatus(message);
          else this.#onMessage(message, inboxes);
        } catch (failure) {
          this.#fail(failure);
        }
      },
    });
  }

  #onMessage(message: Msg, inboxes: string): void {
    this.#isHeard = true;
    // A message of an earlier subscription is taken, too.
    const isOfRequest = inboxes === this.#inboxes && this.#room !== undefined;
    if (isOfRequest) this.#open -= 1;
    this.#deps.onMessage(message);
    if (isOfRequest && this.#open === 0) this.#finish('over');
  }

  #onStatus({ subject, headers }: Msg): void {
    if (subject !== this.#inbox || this.#room === undefined) return;
    this.#isHeard = true;
    const code = headers?.code ?? 0;
    const words = (headers?.description ?? '').toLowerCase();
    if (code === HEARTBEAT) return this.#deps.onHeartbeat?.(Number(headers?.get(DELIVERED) ?? 0));
    if (code === 404 || code === 408) return this.#finish('over');
    if (code === 409 && words.includes('maxbytes') && words.includes('message size'))
      return this.#finish('too-large');
    if (code === 409 && /leadership|shutdown|batch completed/.test(words)) return this.#finish('over');
    const reason = words === '' ? 'no server answers for the consumer' : words;
    const kind = code === 503 ? 'MR_NATS_UNREACHABLE' : 'MR_NATS_FAILED';
    this.#fail(natsError(kind, `the request for messages was refused: ${reason}`));
  }

  #finish(end: AskEnd): void {
    this.#room = undefined;
    this.#open = 0;
    this.#timer?.cancel();
    this.#timer = undefined;
    if (!this.#isEnded) this.#deps.onEnded(end);
  }

  #fail(error: unknown): void {
    this.#room = undefined;
    this.#timer?.cancel();
    this.#timer = undefined;
    if (!this.#isEnded) this.#deps.onFailed(error);
  }

  #watch(): void {
    this.#timer?.cancel();
    this.#timer = this.#deps.clock.after(SILENCE_MS, () => {
      if (this.#room === undefined || this.#isEnded) return;
      if (!this.#isHeard) return void this.#renew();
      this.#isHeard = false;
      this.#watch();
    });
  }

  /** Makes the request anew under another inbox, once everything of the old one has come. */
  async #renew(): Promise<void> {
    try {
      await this.#deps.assertConsumer();
      if (this.#isHeard || this.#room === undefined || this.#isEnded) return this.#watchAgain();
      const subscription = this.#subscription;
      await subscription?.drain();
      if (this.#room === undefined || this.#isEnded) return;
      this.#subscription = undefined;
      this.#finish('over');
    } catch (error) {
      this.#fail(error);
    }
  }

  #watchAgain(): void {
    if (this.#room === undefined || this.#isEnded) return;
    this.#isHeard = false;
    this.#watch();
  }
}
