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
import { STAY_MS } from '../link/server-changes.ts';
import { checkedPattern, checkedSubject, matcherOf } from '../link/subjects.ts';
import type { FakeMessage } from './fake-message.ts';
import { Lane } from './lane.ts';

/** The servers as a link sees these; see `FakeNats`. */
export interface FakeNetwork {
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly servers: readonly string[];
  /** True when the server takes connections. */
  accepts(server: string): boolean;
  describe(name: string): NatsServerInfo;
  arrive(server: string, message: FakeMessage): void;
  forget(link: FakeLink): void;
}

/** Settings of a link; see `FakeConnectOptions` and `FakeNatsOptions`. */
export interface FakeLinkOptions {
  readonly preferred: string | undefined;
  readonly isAlone: boolean;
  readonly log: Logger;
  readonly clock: Clock;
  readonly latencyMs: () => number;
  readonly reconnectMs: number;
}

/** The directions in which a cut lets nothing through: what the link sends, what the link receives, or both. */
export type CutWay = 'out' | 'in' | 'both';

interface Subscriber {
  readonly matches: (subject: string) => boolean;
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
  /** The time of the newest connection or break. */
  #sinceMs: number;
  /** The server that the link leaves for the next one. */
  #left: string | undefined;
  /** Counts connections: a message of an earlier one never arrives. */
  #connection = 0;
  #cut: CutWay | undefined;
  /** True when the server of the connection has died, and the link does not know yet. */
  #isStale = false;
  #isClosed = false;

  constructor(nats: FakeNetwork, options: FakeLinkOptions) {
    const { random } = nats;
    const { clock } = options;
    this.#nats = nats;
    this.#options = options;
    this.#sinceMs = clock.monotonicMs();
    // What a process has sent leaves its machine, also while the process is paused.
    this.#out = new Lane(nats.clock);
    this.#in = new Lane(clock);
    const wire = {
      publish: (subject: string, data: Uint8Array, how: PublishOptions) => this.publish(subject, data, how),
      subscribe: (pattern: string, take: TakeMessage) => this.subscribe(pattern, take),
    };
    this.#requests = new Requests({ clock, random, wire, inboxPrefix: '_INBOX' });
    this.#server = this.#selectServer();
    this.#info = nats.describe(this.#server ?? nats.servers[0] ?? 'n1');
    if (this.#server === undefined) this.#reconnectLater();
  }

  get isConnected(): boolean {
    return this.#server !== undefined;
  }

  get server(): NatsServerInfo {
    return this.#info;
  }

  /** The server to which messages go; undefined while the link is broken or cut off. */
  get serverName(): string | undefined {
    return this.#isOpen('out') && this.#isOpen('in') ? this.#server : undefined;
  }

  /** The server of the connection, cut off or not; undefined while the link is broken. */
  get connectedTo(): string | undefined {
    return this.#server;
  }

  publish(subject: string, data: Uint8Array, { reply, headers }: PublishOptions = {}): boolean {
    this.#assertOpen();
    checkedSubject(subject);
    if (reply !== undefined) checkedSubject(reply);
    checkMessageSize(subject, { data, headers, maxPayload: this.#info.maxPayload });
    if (this.#server === undefined) return false;
    const connection = this.#connection;
    const server = this.#server;
    const message = { subject, data: data.slice(), reply, headers };
    this.#out.carry(this.#options.latencyMs(), () => {
      if (connection === this.#connection && this.#isOpen('out')) this.#nats.arrive(server, message);
    });
    return true;
  }

  subscribe(pattern: string, take: TakeMessage): NatsSubscription {
    this.#assertOpen();
    const subscriber = {
      matches: matcherOf(checkedPattern(pattern)),
      take: guardedTake(take, this.#options.log),
    };
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

  /** The process of the link is dead: what was sent arrives, and nothing else happens any more. */
  die(): void {
    this.#isClosed = true;
    this.#subscribers.clear();
    this.#nats.forget(this);
  }

  changeServer(): void {
    const { clock } = this.#options;
    if (this.#server === undefined || clock.monotonicMs() - this.#sinceMs < STAY_MS) return;
    this.#left = this.#server;
    this.drop();
  }

  /** Breaks the connection; the link notices at once, and connects again after a while. */
  drop(): void {
    this.#setServer(undefined);
    this.#reconnectLater();
  }

  /** The server of the connection stands still: the link notices after `noticedMs`, because no answer to its pings comes. */
  serverPaused({ noticedMs }: { readonly noticedMs: number }): void {
    const connection = this.#connection;
    this.#options.clock.after(noticedMs, () => {
      const server = this.#server;
      if (server !== undefined && connection === this.#connection && !this.#nats.accepts(server)) this.drop();
    });
  }

  /** The server of the connection has died: the link notices at once, unless it is cut off or its process is paused. */
  serverDied(): void {
    this.#isStale = true;
    if (this.#cut === undefined) this.#dropStale();
  }

  /**
   * Lets nothing through any more, in either direction or in one. The link notices after `noticedMs`, because no answer to its pings
   * comes, and connects again after `restore`.
   */
  cutOff({ noticedMs, way = 'both' }: { readonly noticedMs: number; readonly way?: CutWay }): void {
    this.#cut = way;
    const connection = this.#connection;
    this.#options.clock.after(noticedMs, () => {
      if (this.#cut !== undefined && connection === this.#connection) this.drop();
    });
  }

  /** Ends `cutOff`. */
  restore(): void {
    this.#cut = undefined;
    this.#dropStale();
  }

  /** Delivers a message to the subscriptions that match `subject`; the number of these. */
  deliver(subject: string, message: LinkMessage): number {
    const connection = this.#connection;
    let count = 0;
    for (const subscriber of this.#subscribers) {
      if (!subscriber.matches(subject)) continue;
      count += 1;
      this.#in.carry(this.#options.latencyMs(), () => {
        const isHere = connection === this.#connection && this.#isOpen('in');
        if (isHere && this.#subscribers.has(subscriber)) subscriber.take(message);
      });
    }
    return count;
  }

  #dropStale(): void {
    const drop = (): void => {
      if (this.#isStale && this.#cut === undefined) this.drop();
    };
    // A process with a clock of its own may be paused.
    if (this.#options.clock === this.#nats.clock) drop();
    else this.#options.clock.after(0, drop);
  }

  #setServer(server: string | undefined): void {
    if (server === this.#server) return;
    this.#server = server;
    this.#isStale = false;
    this.#sinceMs = this.#options.clock.monotonicMs();
    this.#connection += 1;
    if (server === undefined) this.#requests.disconnected();
    else this.#info = this.#nats.describe(server);
    this.#listeners.tell(server !== undefined);
  }

  #reconnectLater(): void {
    this.#options.clock.after(this.#options.reconnectMs, () => {
      if (this.#isClosed || this.isConnected) return;
      const server = this.#cut === undefined ? this.#selectServer() : undefined;
      if (server === undefined) this.#reconnectLater();
      else this.#setServer(server);
    });
  }

  #isOpen(way: 'out' | 'in'): boolean {
    return !this.#isStale && (this.#cut === undefined || (this.#cut !== 'both' && this.#cut !== way));
  }

  #selectServer(): string | undefined {
    const { preferred, isAlone } = this.#options;
    const servers = this.#nats.servers.filter((server) => !isAlone || server === preferred);
    const left = this.#left;
    this.#left = undefined;
    if (left !== undefined) {
      const next = servers.indexOf(left) + 1;
      return [...servers.slice(next), ...servers].find((server) => this.#nats.accepts(server));
    }
    if (preferred !== undefined && this.#nats.accepts(preferred)) return preferred;
    return servers.find((server) => this.#nats.accepts(server));
  }

  #assertOpen(): void {
    if (this.#isClosed) throw closed();
  }
}

function closed(): Error {
  return clusterError('MR_CLUSTER_LINK_CLOSED', 'the connection to NATS is closed: its engine has stopped');
}
