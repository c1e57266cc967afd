// All connections of one listener, and the time that each may be without a request:
//
//   accepted ──► unused ──request──► busy ──answered──► idle ──request──► busy …
//                   │                  │                  │
//                   └─ firstRequest    └─ parser error:   └─ idleTimeoutMs
//                      TimeoutMs          closing
//
// A connection at rest is closed without an answer: a client could take an answer for the answer to its next request. Bytes
// that form no request (empty lines) do not extend the time. At a bound, a new connection replaces the connection that has
// been at rest for longest: first unused connections, then those whose only request is refused, then idle ones. A client that opens many connections does not shut out other clients.
import type { Socket } from 'node:net';
import type { Clock } from '@millrace/core';
import { HttpConnection } from './http-connection.ts';
import { DeadlineSet } from './deadline-set.ts';

/** Node enforces the time of a head within a quarter more, so a head that began in time has ended by then. */
const HEAD_GRACE = 1.25;

/** Time after which a refused request has ended, in milliseconds: before and after the answer a second each. */
const REFUSED_MS = 2_000;

/** Time for a client to read the answer to a parser error, in milliseconds. */
const CLOSING_MS = 1_000;

/** Bounds on connections. */
export interface ConnectionBounds {
  readonly maxConnections: number;
  readonly maxConnectionsPerAddress: number;
  readonly firstRequestTimeoutMs: number;
  readonly idleTimeoutMs: number;
  readonly headersTimeoutMs: number;
}

/** Parts of `Connections`. */
export interface ConnectionsDeps {
  readonly clock: Clock;
  readonly bounds: ConnectionBounds;
  /** Called when a bound has closed a connection. */
  readonly onRefused: () => void;
}

/** The connections of one listener. */
export class Connections {
  readonly #deps: ConnectionsDeps;
  readonly #bySocket = new Map<Socket, HttpConnection>();
  /** Keyed by address and port of the client, which a TLS socket shares with the socket below. */
  readonly #byPeer = new Map<string, HttpConnection>();
  readonly #countByAddress = new Map<string, number>();
  readonly #unused: DeadlineSet<HttpConnection>;
  readonly #idle: DeadlineSet<HttpConnection>;
  /** Connections past their time with bytes that may be the beginning of a request. */
  readonly #overdue: DeadlineSet<HttpConnection>;
  /** Connections whose only request is refused, while the rest of its body is discarded. */
  readonly #refused: DeadlineSet<HttpConnection>;
  readonly #closing: DeadlineSet<HttpConnection>;

  constructor(deps: ConnectionsDeps) {
    const { clock, bounds } = deps;
    const { firstRequestTimeoutMs, idleTimeoutMs, headersTimeoutMs } = bounds;
    const onRested = (connection: HttpConnection): void => {
      if (connection.hasHeardSinceRest) this.#overdue.add(connection);
      else connection.destroy();
    };
    const onDue = (connection: HttpConnection): void => connection.destroy();
    this.#deps = deps;
    this.#unused = new DeadlineSet({ clock, lastsMs: firstRequestTimeoutMs, onDue: onRested });
    this.#idle = new DeadlineSet({ clock, lastsMs: idleTimeoutMs, onDue: onRested });
    this.#overdue = new DeadlineSet({ clock, lastsMs: headersTimeoutMs * HEAD_GRACE, onDue });
    this.#refused = new DeadlineSet({ clock, lastsMs: REFUSED_MS, onDue: () => undefined });
    this.#closing = new DeadlineSet({ clock, lastsMs: CLOSING_MS, onDue });
  }

  /** Registers a connection, or closes it at a bound. */
  accept(socket: Socket): void {
    const connection = new HttpConnection(socket, () => this.#onRest(connection));
    if (!this.#makeRoom(connection.address)) {
      socket.destroy();
      this.#deps.onRefused();
      return;
    }
    const { address } = connection;
    const peer = peerOf(socket);
    this.#countByAddress.set(address, (this.#countByAddress.get(address) ?? 0) + 1);
    this.#byPeer.set(peer, connection);
    this.#bySocket.set(socket, connection);
    this.#unused.add(connection);
    socket.once('close', () => this.#forget(socket, peer, connection));
  }

  /** Registers the TLS socket after the handshake. */
  secure(socket: Socket): void {
    const connection = this.#byPeer.get(peerOf(socket));
    if (connection === undefined) {
      socket.destroy();
      return;
    }
    connection.secure(socket);
    this.#bySocket.set(socket, connection);
    socket.once('close', () => this.#bySocket.delete(socket));
  }

  /** Returns the connection of a socket; undefined after its end. */
  of(socket: Socket): HttpConnection | undefined {
    return this.#bySocket.get(socket);
  }

  /** Ends the rest of a connection, because a request came. */
  use(connection: HttpConnection): void {
    for (const set of this.#sets()) set.delete(connection);
  }

  /** The rest of a refused request is discarded: the connection may give way to another. */
  refuse(connection: HttpConnection): void {
    if (connection.hasOneRequest) this.#refused.add(connection);
  }

  /** Closes all connections. */
  destroyAll(): void {
    for (const connection of this.#bySocket.values()) connection.destroy();
    for (const connection of this.#bySocket.values()) this.use(connection);
  }

  /** Closes all connections without a request. */
  destroyResting(): void {
    for (const set of [this.#unused, this.#idle, this.#overdue]) {
      for (const connection of set) connection.destroy();
    }
  }

  #onRest(connection: HttpConnection): void {
    this.use(connection);
    if (connection.isClosed) return;
    if (connection.isBroken) this.#closing.add(connection);
    else this.#idle.add(connection);
  }

  #makeRoom(address: string): boolean {
    const { maxConnections, maxConnectionsPerAddress } = this.#deps.bounds;
    const ofAddress = this.#countByAddress.get(address) ?? 0;
    if (ofAddress >= maxConnectionsPerAddress && !this.#closeOldest((other) => other.address === address)) {
      return false;
    }
    return this.#byPeer.size < maxConnections || this.#closeOldest(() => true);
  }

  /** Closes the connection that has been at rest for longest. Returns false without one. */
  #closeOldest(isMeant: (connection: HttpConnection) => boolean): boolean {
    for (const set of [this.#unused, this.#refused, this.#overdue, this.#idle]) {
      for (const connection of set) {
        if (!isMeant(connection)) continue;
        set.delete(connection);
        connection.destroy();
        this.#deps.onRefused();
        return true;
      }
    }
    return false;
  }

  #forget(socket: Socket, peer: string, connection: HttpConnection): void {
    this.use(connection);
    this.#bySocket.delete(socket);
    if (this.#byPeer.get(peer) === connection) this.#byPeer.delete(peer);
    const left = (this.#countByAddress.get(connection.address) ?? 1) - 1;
    if (left > 0) this.#countByAddress.set(connection.address, left);
    else this.#countByAddress.delete(connection.address);
  }

  #sets(): readonly DeadlineSet<HttpConnection>[] {
    return [this.#unused, this.#refused, this.#idle, this.#overdue, this.#closing];
  }
}

function peerOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}
