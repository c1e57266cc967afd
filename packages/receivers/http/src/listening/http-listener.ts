// The server of Node, set up so that no client can hold it: every part of a request has a time in which it has to come,
// and connections are counted. Node looks after the times of heads and bodies, `Connections` after those without a
// request. Whatever Node cannot read as HTTP is told to its connection, which answers what it still can.
import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Clock } from '@millrace/core';
import { httpError } from '../http-errors.ts';
import { Exchange } from '../requests/exchange.ts';
import { type ConnectionBounds, Connections } from './connections.ts';
import { parserFailure } from './parser-failure.ts';
import type { ServerTls } from './tls-files.ts';

const HEADER_BYTES_MAX = 16_384;

/** A time-out is noticed within this part of the shortest one, and within Node's usual 30 s. */
const CHECKS_PER_TIMEOUT = 4;
const CHECK_INTERVAL_MS_MAX = 30_000;

/** Where and how a listener listens. */
export interface ListenerSettings extends ConnectionBounds {
  readonly host: string;
  readonly port: number;
  /** How long a whole request may take to come in. */
  readonly requestTimeoutMs: number;
}

/** What an `HttpListener` takes. */
export interface HttpListenerParts {
  readonly clock: Clock;
  readonly settings: ListenerSettings;
  /** HTTPS with these; undefined: HTTP. */
  readonly tls: ServerTls | undefined;
  /** Called for every request. */
  readonly onExchange: (exchange: Exchange) => void;
  /** Called when the operating system could not give a connection. Those there go on. */
  readonly onAcceptFailed: (error: Error) => void;
  /** Called when a connection was closed because of a bound on connections. */
  readonly onConnectionRefused: () => void;
}

/** A server on one address. */
export class HttpListener {
  readonly #parts: HttpListenerParts;
  readonly #server: Server;
  readonly #connections: Connections;
  readonly #closed = Promise.withResolvers<void>();

  /** @throws what Node says about unusable certificates. */
  constructor(parts: HttpListenerParts) {
    const { clock, settings, tls, onConnectionRefused } = parts;
    this.#parts = parts;
    this.#connections = new Connections({ clock, bounds: settings, onRefused: onConnectionRefused });
    this.#server = serverOf(settings, tls);
    this.#server.on('connection', (socket: Socket) => this.#connections.accept(socket));
    if (tls !== undefined) {
      this.#server.on('secureConnection', (socket: Socket) => this.#connections.secure(socket));
    }
    this.#server.on('request', (request, response) => this.#onRequest(request, response, false));
    this.#server.on('checkContinue', (request, response) => this.#onRequest(request, response, true));
    this.#server.on('clientError', (error, socket) => this.#onClientError(error, socket as Socket));
    // Without a listener Node closes the connection, and the answers of the requests before go with it.
    this.#server.on('connect', (_, socket) => this.#onConnectRequest(socket as Socket));
    this.#server.once('close', () => this.#closed.resolve());
  }

  /** Begins to accept connections. Rejects when the address cannot be had. */
  async listen(): Promise<AddressInfo> {
    const { host, port } = this.#parts.settings;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#server.once('error', reject);
    this.#server.listen({ host, port }, resolve);
    await promise;
    this.#server.off('error', reject);
    this.#server.on('error', this.#parts.onAcceptFailed);
    return this.#server.address() as AddressInfo;
  }

  /** Gives the address back, and closes the connections without a request. The others go on. */
  stopAccepting(): void {
    if (!this.#server.listening) {
      this.#closed.resolve();
      return;
    }
    this.#server.close();
    this.#connections.destroyResting();
  }

  /** Closes the connections that are left. */
  destroyConnections(): void {
    this.#connections.destroyAll();
  }

  /** Closes everything that is left. Resolves when it is closed. Comes after `stopAccepting`. */
  async close(): Promise<void> {
    this.#connections.destroyAll();
    await this.#closed.promise;
  }

  #onRequest(request: IncomingMessage, response: ServerResponse, awaitsContinue: boolean): void {
    const connection = this.#connections.of(request.socket);
    if (connection === undefined || connection.isBroken) return;
    const exchange = new Exchange({
      request,
      response,
      awaitsContinue,
      onEnd: () => connection.end(exchange),
    });
    this.#connections.use(connection);
    connection.begin(exchange);
    this.#parts.onExchange(exchange);
  }

  #onConnectRequest(socket: Socket): void {
    const error = httpError(
      'MR_HTTP_METHOD_REFUSED',
      'expected another method than CONNECT: this is no proxy',
    );
    this.#connections.of(socket)?.fail(error);
    // Node has let go of the socket: nobody else would read, or hear of an error.
    socket.on('error', () => undefined);
    socket.resume();
  }

  /** Node closes such a socket only where nobody listens for this. */
  #onClientError(error: Error, socket: Socket): void {
    const connection = this.#connections.of(socket);
    const failure = parserFailure(error);
    if (connection === undefined || failure === undefined) socket.destroy();
    else if (failure.isTimeout && !connection.isBusy && !connection.hasHeardSinceRest) return;
    else connection.fail(failure.error);
  }
}

/**
 * A client may end its side of the connection as soon as it has sent its request, and still gets its answer. Node's own
 * time for idle connections comes after ours; Node tells clients of it in the header `Keep-Alive`.
 */
function serverOf(settings: ListenerSettings, tls: ServerTls | undefined): Server {
  const { headersTimeoutMs, requestTimeoutMs, idleTimeoutMs } = settings;
  const options: ServerOptions = {
    headersTimeout: headersTimeoutMs,
    requestTimeout: requestTimeoutMs,
    keepAliveTimeout: idleTimeoutMs,
    connectionsCheckingInterval: Math.min(
      Math.ceil(headersTimeoutMs / CHECKS_PER_TIMEOUT),
      CHECK_INTERVAL_MS_MAX,
    ),
    maxHeaderSize: HEADER_BYTES_MAX,
    noDelay: true,
  };
  const server =
    tls === undefined
      ? createServer(options)
      : createSecureServer({ ...options, ...tls, allowHalfOpen: true, handshakeTimeout: headersTimeoutMs });
  return Object.assign(server, { httpAllowHalfOpen: true });
}
