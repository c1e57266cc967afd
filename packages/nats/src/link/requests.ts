// Requests of a link: one subscription for all answers, and a token in the reply subject for each request. The client library's
// own requests would outlive a broken connection until their time-out.
import type { Clock, RandomSource, Timer } from '@millrace/core';
import { clusterError } from '../cluster-errors.ts';
import type {
  LinkMessage,
  NatsSubscription,
  PublishOptions,
  RequestOptions,
  TakeMessage,
} from './nats-link.ts';

/** The reasons for the lack of an answer. */
export type NoAnswer = 'time-out' | 'no-responders' | 'disconnected' | 'no-leader';

/** The part of a connection that requests use. */
export interface RequestWire {
  publish(subject: string, data: Uint8Array, options: PublishOptions): boolean;
  subscribe(pattern: string, take: TakeMessage): NatsSubscription;
}

/** Collaborators of `Requests`. */
export interface RequestsDeps {
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly wire: RequestWire;
  /** The first part of the subjects of answers. */
  readonly inboxPrefix: string;
}

interface OpenRequest {
  readonly subject: string;
  readonly answer: PromiseWithResolvers<LinkMessage>;
  readonly timer: Timer;
}

const NO_RESPONDERS = 503;
const INBOX_ID = 16;

/** The open requests of one link. */
export class Requests {
  readonly #deps: RequestsDeps;
  readonly #inbox: string;
  readonly #open = new Map<string, OpenRequest>();
  #isSubscribed = false;
  #asked = 0;

  constructor(deps: RequestsDeps) {
    this.#deps = deps;
    this.#inbox = `${deps.inboxPrefix}.${deps.random.id(INBOX_ID)}`;
  }

  /** Asks; see `NatsLink.request`. */
  async ask(subject: string, data: Uint8Array, { timeoutMs, headers }: RequestOptions): Promise<LinkMessage> {
    const { clock, wire } = this.#deps;
    if (!this.#isSubscribed) wire.subscribe(`${this.#inbox}.*`, (message) => this.#take(message));
    this.#isSubscribed = true;
    this.#asked += 1;
    const reply = `${this.#inbox}.${this.#asked}`;
    const isSent = wire.publish(subject, data, { reply, ...(headers === undefined ? {} : { headers }) });
    if (!isSent) throw unanswered(subject, 'disconnected');
    const answer = Promise.withResolvers<LinkMessage>();
    const timer = clock.after(timeoutMs, () => this.#fail(reply, unanswered(subject, 'time-out')));
    this.#open.set(reply, { subject, answer, timer });
    return answer.promise;
  }

  /** The connection has broken: nobody can say what became of the open requests. */
  disconnected(): void {
    for (const [reply, { subject }] of this.#open) this.#fail(reply, unanswered(subject, 'disconnected'));
  }

  /** Rejects the open requests, or those of one subject. */
  reject(error: Error, subject?: string): void {
    for (const [reply, request] of this.#open)
      if (subject === undefined || request.subject === subject) this.#fail(reply, error);
  }

  #take(message: LinkMessage): void {
    const request = this.#open.get(message.subject);
    if (request === undefined) return;
    if (message.status === NO_RESPONDERS && message.data.byteLength === 0)
      return this.#fail(message.subject, unanswered(request.subject, 'no-responders'));
    this.#close(message.subject)?.answer.resolve(message);
  }

  #fail(reply: string, error: Error): void {
    this.#close(reply)?.answer.reject(error);
  }

  #close(reply: string): OpenRequest | undefined {
    const request = this.#open.get(reply);
    request?.timer.cancel();
    this.#open.delete(reply);
    return request;
  }
}

/** The error of a request without an answer. */
export function unanswered(subject: string, reason: NoAnswer): Error {
  return clusterError('MR_CLUSTER_UNANSWERED', `${SENTENCES[reason]} on ${subject}`, {
    details: { subject, reason },
  });
}

const SENTENCES: Readonly<Record<NoAnswer, string>> = {
  'time-out': 'no answer came in time to a request',
  'no-responders': 'nobody takes requests',
  'no-leader': 'the servers of NATS have no leader for a request',
  disconnected: 'the connection to NATS is broken, or broke during a request',
};
