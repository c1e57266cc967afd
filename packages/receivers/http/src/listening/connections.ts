// Every connection of one listener, and how long each may be without a request:
//
//   accepted ──► unused ──request──► busy ──answered──► idle ──request──► busy …
//                   │                  │                  │
//                   └─ firstRequest    └─ what breaks     └─ idleTimeoutMs
//                      TimeoutMs          it: closing
//
// A connection at rest is closed without a word: a client that sends its next request at that very moment would take an
// answer for that of its request. Bytes that are no request (empty lines) give it no new time. At a bound a newcomer takes
// the place of the connection that has been at rest for longest, first of one that was never used: whoever opens many
// and sends nothing shuts nobody out.
import type { Socket } from 'node:net';
import type { Clock } from '@millrace/core';
import { Connection } from './connection.ts';
import { DeadlineSet } from './deadline-set.ts';

/** Node looks at the times of heads four times in each, so a head that began in time is over after this part more. */
const HEAD_GRACE = 1.25;

/** How long a client that broke its connection may take to read why. */
const CLOSING_MS = 1_000;

/** The bounds on connections. */
export interface ConnectionBounds {
  readonly maxConnections: number;
  readonly maxConnectionsPerAddress: number;
  readonly firstRequestTimeoutMs: number;
  readonly idleTimeoutMs: number;
  readonly headersTimeoutMs: number;
}

/** What `Connections` takes. */
export interface ConnectionsParts {
  readonly clock: Clock;
  readonly bounds: ConnectionBounds;
  /** Called when a connection was closed because of a bound. */
  readonly onRefused: () => void;
}

/** The connections of one listener. */
export class Connections {
  readonly #parts: ConnectionsParts;
  readonly #bySocket = new Map<Socket, Connection>();
  /** By address and port of the client, which are those of the socket below TLS, too. */
  readonly #byPeer = new Map<string, Connection>();
  readonly #countByAddress = new Map<string, number>();
  readonly #unused: DeadlineSet<Connection>;
  readonly #idle: DeadlineSet<Connection>;
  /** Their time is over, but what came since may be the beginning of a request. */
  readonly #overdue: DeadlineSet<Connection>;
  readonly #closing: DeadlineSet<Connection>;

  constructor(parts: ConnectionsParts) {
    const { clock, bounds } = parts;
    const { firstRequestTimeoutMs, idleTimeoutMs, headersTimeoutMs } = bounds;
    const onRested = (connection: Connection): void => {
      if (connection.hasHeardSinceRest) this.#overdue.add(connection);
      else connection.destroy();
    };
    const onDue = (connection: Connection): void => connection.destroy();
    this.#parts = parts;
    this.#unused = new DeadlineSet({ clock, lastsMs: firstRequestTimeoutMs, onDue: onRested });
    this.#idle = new DeadlineSet({ clock, lastsMs: idleTimeoutMs, onDue: onRested });
    this.#overdue = new DeadlineSet({ clock, lastsMs: headersTimeoutMs * HEAD_GRACE, onDue });
    this.#closing = new DeadlineSet({ clock, lastsMs: CLOSING_MS, onDue });
  }

  /** Takes a connection in, or closes it. */
  accept(socket: Socket): void {
    const connection = new Connection(socket, () => this.#onRest(connection));
    if (!this.#makeRoom(connection.address)) {
      socket.destroy();
      this.#parts.onRefused();
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

  /** The handshake of TLS is over: requests come on this socket. */
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

  /** The connection of a socket; undefined when it is closed. */
  of(socket: Socket): Connection | undefined {
    return this.#bySocket.get(socket);
  }

  /** A request came on a connection: it is not at rest any more. */
  use(connection: Connection): void {
    for (const set of this.#sets()) set.delete(connection);
  }

  /** Closes all of them. */
  destroyAll(): void {
    for (const connection of this.#bySocket.values()) connection.destroy();
    for (const connection of this.#bySocket.values()) this.use(connection);
  }

  /** Closes those without a request. */
  destroyResting(): void {
    for (const set of [this.#unused, this.#idle, this.#overdue]) {
      for (const connection of set) connection.destroy();
    }
  }

  #onRest(connection: Connection): void {
    this.use(connection);
    if (connection.isClosed) return;
    if (connection.isBroken) this.#closing.add(connection);
    else this.#idle.add(connection);
  }

  #makeRoom(address: string): boolean {
    const { maxConnections, maxConnectionsPerAddress } = this.#parts.bounds;
    const ofAddress = this.#countByAddress.get(address) ?? 0;
    if (ofAddress >= maxConnectionsPerAddress && !this.#closeOldest((other) => other.address === address)) {
      return false;
    }
    return this.#byPeer.size < maxConnections || this.#closeOldest(() => true);
  }

  /** Closes the connection that has been at rest for longest. False: there is none. */
  #closeOldest(isMeant: (connection: Connection) => boolean): boolean {
    for (const set of [this.#unused, this.#overdue, this.#idle]) {
      for (const connection of set) {
        if (!isMeant(connection)) continue;
        set.delete(connection);
        connection.destroy();
        this.#parts.onRefused();
        return true;
      }
    }
    return false;
  }

  #forget(socket: Socket, peer: string, connection: Connection): void {
    this.use(connection);
    this.#bySocket.delete(socket);
    if (this.#byPeer.get(peer) === connection) this.#byPeer.delete(peer);
    const left = (this.#countByAddress.get(connection.address) ?? 1) - 1;
    if (left > 0) this.#countByAddress.set(connection.address, left);
    else this.#countByAddress.delete(connection.address);
  }

  #sets(): readonly DeadlineSet<Connection>[] {
    return [this.#unused, this.#idle, this.#overdue, this.#closing];
  }
}

function peerOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}
