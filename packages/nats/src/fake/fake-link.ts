// A link to the fake servers, with the faults of a connection.
import type { Clock, Logger, RandomSource } from '@millrace/core';
import { clusterError } from '../cluster-errors.ts';
import { ConnectionListeners } from '../link/connection-listeners.ts';
import { guardedTake } from '../link/guarded-take.ts';
import { checkMessageSize } from '../link/message-size.ts';
import type {
  NatsLink,
  LinkMessage,
  NatsServerInfo,
  NatsSubscription,
  PublishOptions,
  RequestOptions,
  TakeMessage,
} from '../link/nats-link.ts';
import { Requests } from '../link/requests.ts';
import { checkedPattern, checkedSubject, isMatch } from '../link/subjects.ts';
import type { FakeMessage } from './fake-message.ts';
import { Lane } from './lane.ts';

/** The servers as a link sees these; see `FakeNats`. */
export interface FakeNetwork {
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly servers: readonly string[];
  isUp(server: string): boolean;
  latencyMs(): number;
  describe(name: string): NatsServerInfo;
  arrive(server: string, message: FakeMessage): void;
  forget(link: FakeLink): void;
}

/** Settings of a link. */
export interface FakeLinkOptions {
  readonly preferred: string | undefined;
  readonly log: Logger;
  readonly reconnectMs: number;
}

interface Subscriber {
  readonly pattern: string;
  readonly take: TakeMessage;
}

/** A link in memory. */
export class FakeLink implements NatsLink {
  readonly #nats: FakeNetwork;
  readonly #options: FakeLinkOptions;
  readonly #requests: Requests;
  readonly #subscribers = new Set<Subscriber>();
  readonly #listeners = new ConnectionListeners();
  readonly #out: Lane;
  readonly #in: Lane;
  #info: NatsServerInfo;
  /** The server of the connection; undefined while there is none. */
  #server: string | undefined;
  /** Counts connections: a message of an earlier one never arrives. */
  #connection = 0;
  #isCutOff = false;
  #isClosed = false;

  constructor(nats: FakeNetwork, options: FakeLinkOptions) {
    const { clock, random } = nats;
    this.#nats = nats;
    this.#options = options;
    this.#out = new Lane(clock);
    this.#in = new Lane(clock);
    const wire = {
      publish: (subject: string, data: Uint8Array, how: PublishOptions) => this.publish(subject, data, how),
      subscribe: (pattern: string, take: TakeMessage) => this.subscribe(pattern, take),
    };
    this.#requests = new Requests({ clock, random, wire, inboxPrefix: '_INBOX' });
    this.#server = this.#selectServer();
    this.#info = nats.describe(this.#server ?? nats.servers[0] ?? 'n1');
  }

  get isConnected(): boolean {
    return this.#server !== undefined;
  }

  get server(): NatsServerInfo {
    return this.#info;
  }

  /** The server to which messages go; undefined while the link is broken or cut off. */
  get serverName(): string | undefined {
    return this.#isCutOff ? undefined : this.#server;
  }

  publish(subject: string, data: Uint8Array, { reply, headers }: PublishOptions = {}): boolean {
    this.#assertOpen();
    checkedSubject(subject);
    if (reply !== undefined) checkedSubject(reply);
    checkMessageSize(subject, { data, headers, maxPayload: this.#info.maxPayload });
    if (this.#server === undefined) return false;
    const connection = this.#connection;
    const message = { subject, data: data.slice(), reply, headers };
    this.#out.carry(this.#nats.latencyMs(), () => {
      const server = this.serverName;
      if (server !== undefined && connection === this.#connection) this.#nats.arrive(server, message);
    });
    return true;
  }

  subscribe(pattern: string, take: TakeMessage): NatsSubscription {
    this.#assertOpen();
    const subscriber = { pattern: checkedPattern(pattern), take: guardedTake(take, this.#options.log) };
    this.#subscribers.add(subscriber);
    return {
      unsubscribe: () => {
        this.#subscribers.delete(subscriber);
      },
    };
  }

  request(subject: string, data: Uint8Array, options: RequestOptions): Promise<LinkMessage> {
    return this.#requests.ask(subject, data, options);
  }

  onConnection(changed: (isConnected: boolean) => void): () => void {
    return this.#listeners.add(changed);
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    // What was published before is sent.
    if (this.isConnected) await new Promise<void>((sent) => this.#out.carry(0, sent));
    this.#isClosed = true;
    this.#requests.reject(closed());
    this.#subscribers.clear();
    this.#setServer(undefined);
    this.#nats.forget(this);
  }

  /** Breaks the connection; the link notices at once, and connects again after a while. */
  drop(): void {
    this.#setServer(undefined);
    this.#reconnectLater();
  }

  /**
   * Lets nothing through any more, in either direction. The link notices after `noticedMs`, and connects again after `restore`.
   */
  cutOff({ noticedMs }: { readonly noticedMs: number }): void {
    this.#isCutOff = true;
    const connection = this.#connection;
    this.#nats.clock.after(noticedMs, () => {
      if (this.#isCutOff && connection === this.#connection) this.drop();
    });
  }

  /** Ends `cutOff`. */
  restore(): void {
    this.#isCutOff = false;
  }

  /** Delivers a message to the subscriptions that match `subject`; the number of these. */
  deliver(subject: string, message: LinkMessage): number {
    const connection = this.#connection;
    let count = 0;
    for (const subscriber of this.#subscribers) {
      if (!isMatch(subscriber.pattern, subject)) continue;
      count += 1;
      this.#in.carry(this.#nats.latencyMs(), () => {
        const isHere = connection === this.#connection && this.serverName !== undefined;
        if (isHere && this.#subscribers.has(subscriber)) subscriber.take(message);
      });
    }
    return count;
  }

  #setServer(server: string | undefined): void {
    if (server === this.#server) return;
    this.#server = server;
    this.#connection += 1;
    if (server === undefined) this.#requests.disconnected();
    else this.#info = this.#nats.describe(server);
    this.#listeners.tell(server !== undefined);
  }

  #reconnectLater(): void {
    this.#nats.clock.after(this.#options.reconnectMs, () => {
      if (this.#isClosed || this.isConnected) return;
      const server = this.#isCutOff ? undefined : this.#selectServer();
      if (server === undefined) this.#reconnectLater();
      else this.#setServer(server);
    });
  }

  #selectServer(): string | undefined {
    const { preferred } = this.#options;
    if (preferred !== undefined && this.#nats.isUp(preferred)) return preferred;
    return this.#nats.servers.find((server) => this.#nats.isUp(server));
  }

  #assertOpen(): void {
    if (this.#isClosed) throw closed();
  }
}

function closed(): Error {
  return clusterError('MR_CLUSTER_LINK_CLOSED', 'the connection to NATS is closed: its engine has stopped');
}
