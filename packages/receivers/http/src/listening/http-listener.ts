// The server of Node, set up so that no client can hold it: every part of a request has a time in which it has to come,
// and connections are counted. Node keeps these times by itself and answers 408 (400 for what is no HTTP, 431 for
// headers above 16 KiB); nothing of such requests reaches the receiver.
import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { HttpOptions } from '../http.options.ts';
import type { ServerTls } from './tls-files.ts';

const HEADER_BYTES_MAX = 16_384;

/** A time-out is noticed within this part of the shortest one, and within Node's usual 30 s. */
const CHECKS_PER_TIMEOUT = 4;
const CHECK_INTERVAL_MS_MAX = 30_000;

/** What an `HttpListener` takes. */
export interface HttpListenerParts {
  readonly options: HttpOptions;
  /** HTTPS with these; undefined: HTTP. */
  readonly tls: ServerTls | undefined;
  /** Called for every request. `awaitsContinue`: the client waits for permission to send its body. */
  readonly onRequest: (request: IncomingMessage, response: ServerResponse, awaitsContinue: boolean) => void;
  /** Called when the operating system could not give a connection. Those there go on. */
  readonly onAcceptFailed: (error: Error) => void;
  /** Called when a connection was closed because there are `maxConnections`. */
  readonly onConnectionRefused: () => void;
}

/** A server on one address. */
export class HttpListener {
  readonly #options: HttpOptions;
  readonly #server: Server;
  readonly #parts: HttpListenerParts;
  readonly #closed = Promise.withResolvers<void>();

  /** @throws what Node says about unusable certificates. */
  constructor(parts: HttpListenerParts) {
    const { options, tls, onRequest } = parts;
    this.#options = options;
    this.#parts = parts;
    this.#server = serverOf(options, tls);
    this.#server.maxConnections = options.maxConnections;
    this.#server.on('request', (request, response) => onRequest(request, response, false));
    this.#server.on('checkContinue', (request, response) => onRequest(request, response, true));
    this.#server.once('close', () => this.#closed.resolve());
  }

  /** Begins to accept connections. Rejects when the address cannot be had. */
  async listen(): Promise<AddressInfo> {
    const { host, port } = this.#options;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#server.once('error', reject);
    this.#server.listen({ host, port }, resolve);
    await promise;
    this.#server.off('error', reject);
    this.#server.on('error', this.#parts.onAcceptFailed);
    this.#server.on('drop', this.#parts.onConnectionRefused);
    return this.#server.address() as AddressInfo;
  }

  /** Gives the address back, and closes the connections without a request. The others go on. */
  stopAccepting(): void {
    if (!this.#server.listening) {
      this.#closed.resolve();
      return;
    }
    this.#server.close();
    this.#server.closeIdleConnections();
  }

  /** Closes the connections that are left. */
  destroyConnections(): void {
    this.#server.closeAllConnections();
  }

  /** Closes everything that is left. Resolves when it is closed. Comes after `stopAccepting`. */
  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await this.#closed.promise;
  }
}

function serverOf(options: HttpOptions, tls: ServerTls | undefined): Server {
  const { headersTimeoutMs, requestTimeoutMs, idleTimeoutMs } = options;
  const settings: ServerOptions = {
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
  if (tls === undefined) return createServer(settings);
  return createSecureServer({ ...settings, ...tls, handshakeTimeout: headersTimeoutMs });
}
