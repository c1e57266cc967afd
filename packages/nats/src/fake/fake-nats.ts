// NATS servers of one cluster in memory, for tests and simulations: a message goes from the link of the sender to its server,
// and from there to every subscription that matches, on this server and on all servers that this server reaches.
//
//   FakeLink ──lane──► n1 ◄──────► n2 ──lane──► FakeLink
//                       ╲   cut   ╱
//                        ◄─── ✕ ─►
//
// A message on a broken connection, of a dead server or over a cut is gone, as with real servers. Time comes from the clock;
// without a latency, messages arrive in microtasks.
import { type Clock, type Logger, NoopLogger, type RandomSource } from '@millrace/core';
import type { NatsLinks, LinkMessage, NatsServerInfo } from '../link/nats-link.ts';
import { FakeLink } from './fake-link.ts';
import type { FakeMessage } from './fake-message.ts';

/** Collaborators and settings of a fake. */
export interface FakeNatsOptions {
  readonly clock: Clock;
  readonly random: RandomSource;
  /** Hears of subscribers that fail. Default: nobody. */
  readonly log?: Logger;
  /** The number of servers, named `n1`, `n2` and so on. Default 1. */
  readonly servers?: number;
  /** The delay of a message between a link and its server, in ms; asked for each message and direction. Default 0. */
  readonly latencyMs?: () => number;
  /** The time between a noticed break of a connection and the next connection, in ms. Default 50. */
  readonly reconnectMs?: number;
  /** See `NatsServerInfo`. Default 8 MiB. */
  readonly maxPayload?: number;
  /** See `NatsServerInfo`. Default `2.15.1`. */
  readonly version?: string;
}

/** Settings of a link. */
export interface FakeConnectOptions {
  /** The server that is preferred at each connection. Default: the first that is up. */
  readonly server?: string;
  /** True: the link reaches no other server, as on a machine that is cut off. Default false. */
  readonly isAlone?: boolean;
  /** Default: the log of the servers. */
  readonly log?: Logger;
  /**
   * The clock of the process with the link, which may be paused: messages wait until its timers run again. Default: the clock of
   * the servers.
   */
  readonly clock?: Clock;
  /** The delay of a message between the link and its server, in ms. Default: as of the servers. */
  readonly latencyMs?: () => number;
}

/** A part of the servers that takes messages like a subscription, for instance JetStream. */
export interface FakeService {
  /** True when the service takes a message from this server; the message then has a responder. */
  takes(subject: string, server: string): boolean;
  /** @param server The server to which the sender is connected. */
  take(message: FakeMessage, server: string): void;
  /** A server was killed or restarted, or a cut began or ended. */
  changed?(): void;
}

const NOBODY: Uint8Array = new Uint8Array(0);
const NO_RESPONDERS = 503;

/** Servers in memory. */
export class FakeNats {
  readonly clock: Clock;
  readonly random: RandomSource;
  /** The names of all servers. */
  readonly servers: readonly string[];
  readonly #options: FakeNatsOptions;
  readonly #links = new Set<FakeLink>();
  readonly #down = new Set<string>();
  /** The messages that wait in servers that stand still. */
  readonly #paused = new Map<string, FakeMessage[]>();
  readonly #cuts = new Set<string>();
  readonly #services: FakeService[] = [];

  constructor(options: FakeNatsOptions) {
    this.#options = options;
    this.clock = options.clock;
    this.random = options.random;
    this.servers = Array.from({ length: options.servers ?? 1 }, (_, index) => `n${index + 1}`);
  }

  /** A new link, connected at once, or when a server is up. */
  connect({ server, isAlone = false, log, clock, latencyMs }: FakeConnectOptions = {}): FakeLink {
    const link = new FakeLink(this, {
      preferred: server,
      isAlone,
      log: log ?? this.#options.log ?? new NoopLogger(),
      clock: clock ?? this.clock,
      latencyMs: latencyMs ?? (() => this.#options.latencyMs?.() ?? 0),
      reconnectMs: this.#options.reconnectMs ?? 50,
    });
    this.#links.add(link);
    return link;
  }

  /** Opens links like those of real servers. */
  get links(): NatsLinks {
    return { open: async () => this.connect() };
  }

  /** Ends a server like a crash: its links notice at once, and connect to another server. */
  kill(server: string): void {
    this.#down.add(server);
    this.#paused.delete(server);
    for (const link of this.#links) if (link.connectedTo === server) link.serverDied();
    this.#changed();
  }

  /** Starts a server again. */
  restart(server: string): void {
    this.#down.delete(server);
    this.#changed();
  }

  /**
   * A server stands still until `resume`: the other servers do not reach it, and what its links send waits in it, also after a link
   * has connected to another server. Its links notice after `noticedMs`.
   */
  pause(server: string, { noticedMs }: { readonly noticedMs: number }): void {
    if (this.#paused.has(server)) return;
    this.#paused.set(server, []);
    for (const link of this.#links) if (link.connectedTo === server) link.serverPaused({ noticedMs });
    this.#changed();
  }

  /** Ends `pause`: what waits in the server arrives. */
  resume(server: string): void {
    const waiting = this.#paused.get(server) ?? [];
    this.#paused.delete(server);
    this.#changed();
    for (const message of waiting) this.arrive(server, message);
  }

  /** Cuts two servers off each other, both ways. Links to either server stay connected. */
  cut(one: string, other: string): void {
    this.#cuts.add(pairOf(one, other));
    this.#changed();
  }

  /** Ends a cut. */
  heal(one: string, other: string): void {
    this.#cuts.delete(pairOf(one, other));
    this.#changed();
  }

  /** True when the server is up. */
  isUp(server: string): boolean {
    return !this.#down.has(server);
  }

  /** True when the server is up and does not stand still. */
  accepts(server: string): boolean {
    return this.isUp(server) && !this.#paused.has(server);
  }

  /** True when both servers are up, not cut off each other, and none stands still. */
  reaches(one: string, other: string): boolean {
    if (one === other) return this.isUp(one);
    if (!this.accepts(one) || !this.accepts(other)) return false;
    return this.#cuts.size === 0 || !this.#cuts.has(pairOf(one, other));
  }

  /** Adds a service. */
  serve(service: FakeService): void {
    this.#services.push(service);
  }

  /** The description of a server. */
  describe(name: string): NatsServerInfo {
    const { version = '2.15.1', maxPayload = 8 * 1024 * 1024 } = this.#options;
    return { name, version, maxPayload };
  }

  /** A message has arrived at a server. A message that nobody takes is answered with a status, when an answer is expected. */
  arrive(server: string, message: FakeMessage): void {
    const waiting = this.#paused.get(server);
    if (waiting !== undefined) return void waiting.push(message);
    if (!this.isUp(server)) return;
    const services = this.#services.filter((service) => service.takes(message.subject, server));
    let receivers = services.length;
    const arrived = arrivedFrom(message);
    for (const link of this.#links) {
      // A server keeps the subscriptions of a link that is cut off.
      const { connectedTo } = link;
      if (connectedTo !== undefined && this.reaches(server, connectedTo))
        receivers += link.deliver(message.subject, arrived);
    }
    for (const service of services) service.take(message, server);
    const { reply } = message;
    if (receivers === 0 && reply !== undefined)
      this.arrive(server, { subject: reply, data: NOBODY, status: NO_RESPONDERS });
  }

  /** Sends a message of a server to the subscriptions of `inbox`, under another subject: deliveries of consumers. */
  push(server: string, inbox: string, message: FakeMessage): void {
    const arrived = arrivedFrom(message);
    for (const link of this.#links) {
      const { connectedTo } = link;
      if (connectedTo !== undefined && this.reaches(server, connectedTo)) link.deliver(inbox, arrived);
    }
  }

  /** Forgets a closed link. */
  forget(link: FakeLink): void {
    this.#links.delete(link);
  }

  #changed(): void {
    for (const service of this.#services) service.changed?.();
  }
}

/** The name of a pair of servers, in either order. */
function pairOf(one: string, other: string): string {
  return one < other ? `${one} ${other}` : `${other} ${one}`;
}

function arrivedFrom({ subject, data, reply, headers, status }: FakeMessage): LinkMessage {
  return {
    subject,
    data,
    ...(reply === undefined ? {} : { reply }),
    ...(headers === undefined ? {} : { headers }),
    ...(status === undefined ? {} : { status }),
  };
}
