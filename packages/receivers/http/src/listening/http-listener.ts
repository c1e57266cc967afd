// The server of Node, configured so that no client can hold it. Every part of a request has a time limit, and connections are
// bounded. Node enforces the times of heads and bodies; `Connections` enforces the times without a request. Parser errors go
// to the connection, which still sends the answers under way.
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

/** Checks of the time-outs in the length of the shortest time-out. */
const CHECKS_PER_TIMEOUT = 4;
const CHECK_INTERVAL_MS_MAX = 30_000;

/** Address and bounds of a listener. */
export interface ListenerSettings extends ConnectionBounds {
  readonly host: string;
  readonly port: number;
  /** Time for a whole request to come in, in milliseconds. */
  readonly requestTimeoutMs: number;
}

/** Parts of an `HttpListener`. */
export interface HttpListenerDeps {
  readonly clock: Clock;
  readonly settings: ListenerSettings;
  /** Certificates for HTTPS; undefined for HTTP. */
  readonly tls: ServerTls | undefined;
  /** Called for every request. */
  readonly onExchange: (exchange: Exchange) => void;
  /** Called when the operating system could not accept a connection. Existing connections continue. */
  readonly onAcceptFailed: (error: Error) => void;
  /** Called when a bound has closed a connection. */
  readonly onConnectionRefused: () => void;
}

/** A server on one address. */
export class HttpListener {
  readonly #deps: HttpListenerDeps;
  readonly #server: Server;
  readonly #connections: Connections;
  readonly #closed = Promise.withResolvers<void>();

  /** @throws the error of Node for unusable certificates. */
  constructor(deps: HttpListenerDeps) {
    const { clock, settings, tls, onConnectionRefused } = deps;
    this.#deps = deps;
    this.#connections = new Connections({ clock, bounds: settings, onRefused: onConnectionRefused });
    this.#server = serverOf(settings, tls);
    this.#server.on('connection', (socket: Socket) => this.#connections.accept(socket));
    if (tls !== undefined) {
      this.#server.on('secureConnection', (socket: Socket) => this.#connections.secure(socket));
    }
    this.#server.on('request', (request, response) => this.#onRequest(request, response, false));
    this.#server.on('checkContinue', (request, response) => this.#onRequest(request, response, true));
    this.#server.on('clientError', (error, socket) => this.#onClientError(error, socket as Socket));
    // Without this listener Node closes the connection and drops the answers of earlier requests.
    this.#server.on('connect', (_, socket) => this.#onConnectRequest(socket as Socket));
    this.#server.once('close', () => this.#closed.resolve());
  }

  /** Begins to accept connections. Rejects when the address is not available. */
  async listen(): Promise<AddressInfo> {
    const { host, port } = this.#deps.settings;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#server.once('error', reject);
    this.#server.listen({ host, port }, resolve);
    await promise;
    this.#server.off('error', reject);
    this.#server.on('error', this.#deps.onAcceptFailed);
    return this.#server.address() as AddressInfo;
  }

  /** Releases the address, and closes the connections without a request. All other connections continue. */
  stopAccepting(): void {
    if (!this.#server.listening) {
      this.#closed.resolve();
      return;
    }
    this.#server.close();
    this.#connections.destroyResting();
  }

  /** Closes the remaining connections. */
  destroyConnections(): void {
    this.#connections.destroyAll();
  }

  /** Closes everything that is left, after `stopAccepting`. Resolves when the listener is closed. */
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
      onDiscard: () => this.#connections.refuse(connection),
      onEnd: () => connection.end(exchange),
    });
    this.#connections.use(connection);
    connection.begin(exchange);
    this.#deps.onExchange(exchange);
  }

  #onConnectRequest(socket: Socket): void {
    const error = httpError(
      'MR_HTTP_METHOD_REFUSED',
      'expected another method than CONNECT: this is no proxy',
    );
    this.#connections.of(socket)?.fail(error);
    // Node has detached its listeners from the socket.
    socket.on('error', () => undefined);
    socket.resume();
  }

  /** Node leaves the closing of the socket to this listener. */
  #onClientError(error: Error, socket: Socket): void {
    const connection = this.#connections.of(socket);
    const failure = parserFailure(error);
    if (connection === undefined || failure === undefined) socket.destroy();
    else if (failure.isTimeout && !connection.isBusy && !connection.hasHeardSinceRest) return;
    else connection.fail(failure.error);
  }
}

/**
 * Allows half-open connections: a client may end its side after its request and still gets the answer. The idle time of
 * Node ends after the idle time of `Connections`; Node announces the time in the header `Keep-Alive`.
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
