// A link over the client library, version 3.4.0. The version is pinned, because this file corrects the library:
//
//   a silent server and a full socket   the library waits for its last write before trying another server: the socket is destroyed
//   a throwing subscriber               ends the library's reading of the connection: every subscriber is guarded
//   a request over a broken connection  runs into its time-out: requests are kept here, and rejected at once
//   a message while disconnected        goes into a buffer that the library empties: it is refused here
//   the first attempt after a break     goes to the server that was left: `nextServer` chooses another one
import type { Socket } from 'node:net';
import type { Clock, Logger, RandomSource } from '@millrace/core';
import { errors, type Msg, type NatsConnection } from '@nats-io/transport-node';
import { clusterError } from '../cluster-errors.ts';
import { clientHeaders, messageOf } from './client-headers.ts';
import { ConnectionListeners } from './connection-listeners.ts';
import { guardedTake } from './guarded-take.ts';
import { checkMessageSize } from './message-size.ts';
import type {
  NatsLink,
  LinkMessage,
  NatsServerInfo,
  NatsSubscription,
  PublishOptions,
  RequestOptions,
  TakeMessage,
} from './nats-link.ts';
import { Requests } from './requests.ts';
import { STAY_MS } from './server-changes.ts';
import { checkedPattern, checkedSubject } from './subjects.ts';

/** Collaborators of a `ClientLink`. */
export interface ClientLinkDeps {
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly log: Logger;
  /** See `NatsLinkOptions`. */
  readonly inboxPrefix: string;
}

/** The longest wait for a server at the end of a connection. */
const CLOSE_MS = 2_000;

/** A link to real servers. */
export class ClientLink implements NatsLink {
  readonly #connection: NatsConnection;
  readonly #deps: ClientLinkDeps;
  readonly #requests: Requests;
  readonly #listeners = new ConnectionListeners();
  #info: NatsServerInfo = { name: '', version: '', maxPayload: 0 };
  #isConnected = true;
  /** The time of the newest change of `isConnected`. */
  #sinceMs: number;
  #isClosed = false;
  /** The newest refusal of the servers, so that a refusal at every attempt to connect is one line of the log. */
  #refusal = '';

  constructor(connection: NatsConnection, deps: ClientLinkDeps) {
    this.#connection = connection;
    this.#deps = deps;
    this.#sinceMs = deps.clock.monotonicMs();
    const wire = {
      publish: (subject: string, data: Uint8Array, how: PublishOptions) => this.publish(subject, data, how),
      subscribe: (pattern: string, take: TakeMessage) => this.subscribe(pattern, take),
    };
    this.#requests = new Requests({ ...deps, wire });
    this.#readInfo();
    void this.#watch();
  }

  get isConnected(): boolean {
    return this.#isConnected;
  }

  get server(): NatsServerInfo {
    return this.#info;
  }

  publish(subject: string, data: Uint8Array, { reply, headers }: PublishOptions = {}): boolean {
    this.#assertOpen();
    checkedSubject(subject);
    if (reply !== undefined) checkedSubject(reply);
    checkMessageSize(subject, { data, headers, maxPayload: this.#info.maxPayload });
    if (!this.#isConnected) return false;
    this.#connection.publish(subject, data, {
      ...(reply === undefined ? {} : { reply }),
      ...(headers === undefined ? {} : { headers: clientHeaders(headers) }),
    });
    return true;
  }

  subscribe(pattern: string, take: TakeMessage): NatsSubscription {
    this.#assertOpen();
    const { log } = this.#deps;
    const guarded = guardedTake(take, log);
    const subscription = this.#connection.subscribe(checkedPattern(pattern), {
      callback: (error: Error | null, message: Msg) => {
        if (error === null) guarded(messageOf(message));
        else log.error('a subscription has ended', { subject: pattern, error });
      },
    });
    return { unsubscribe: () => subscription.unsubscribe() };
  }

  request(subject: string, data: Uint8Array, options: RequestOptions): Promise<LinkMessage> {
    return this.#requests.ask(subject, data, options);
  }

  onConnection(changed: (isConnected: boolean) => void): () => void {
    return this.#listeners.add(changed);
  }

  changeServer(): void {
    // The library asks `nextServer`.
    const { clock } = this.#deps;
    if (this.#isConnected && clock.monotonicMs() - this.#sinceMs >= STAY_MS) this.#destroySocket();
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#requests.reject(closed());
    if (this.#isConnected) await this.#within(CLOSE_MS, this.#connection.flush());
    this.#setConnected(false);
    const closing = this.#connection.close();
    this.#destroySocket();
    await this.#within(CLOSE_MS, closing);
  }

  async #watch(): Promise<void> {
    for await (const status of this.#connection.status()) {
      if (status.type === 'disconnect') this.#setConnected(false);
      if (status.type === 'staleConnection') this.#destroySocket();
      if (status.type === 'error') this.#onRefusal(status.error);
      if (status.type !== 'reconnect') continue;
      this.#readInfo();
      this.#setConnected(true);
    }
  }

  #onRefusal(error: Error): void {
    const { log } = this.#deps;
    if (error instanceof errors.PermissionViolationError && error.operation === 'publish') {
      const message = `the user of NATS may not publish on ${error.subject}: grant the permission`;
      this.#requests.reject(clusterError('MR_CLUSTER_DENIED', message, { cause: error }), error.subject);
    }
    if (error.message === this.#refusal) return;
    this.#refusal = error.message;
    log.error('a server of NATS refused something', { error });
  }

  #setConnected(isConnected: boolean): void {
    if (isConnected === this.#isConnected) return;
    this.#isConnected = isConnected;
    this.#sinceMs = this.#deps.clock.monotonicMs();
    this.#refusal = '';
    if (!isConnected) this.#requests.disconnected();
    if (!this.#isClosed)
      this.#deps.log.info(isConnected ? 'connected to NATS' : 'the connection to NATS broke', {
        server: this.#info.name,
      });
    this.#listeners.tell(isConnected);
  }

  #readInfo(): void {
    const { info } = this.#connection;
    if (info !== undefined)
      this.#info = { name: info.server_name, version: info.version, maxPayload: info.max_payload };
  }

  /** Ends the connection without a word, also when the socket takes no byte any more. */
  #destroySocket(): void {
    const { protocol } = this.#connection as unknown as {
      readonly protocol: { readonly transport?: { readonly socket?: Socket } };
    };
    protocol.transport?.socket?.destroy();
  }

  /** Waits for work within a limit. Never rejects. */
  async #within(ms: number, work: Promise<unknown>): Promise<void> {
    const wait = new AbortController();
    const late = this.#deps.clock.sleepFor(ms, wait.signal).catch(() => undefined);
    await Promise.race([work.catch(() => undefined), late]);
    wait.abort();
  }

  #assertOpen(): void {
    if (this.#isClosed) throw closed();
  }
}

function closed(): Error {
  return clusterError('MR_CLUSTER_LINK_CLOSED', 'the connection to NATS is closed: its engine has stopped');
}
