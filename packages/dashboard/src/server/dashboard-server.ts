// The server of Node with a bound on everything that a client can send or hold. Never keeps the process alive.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Clock, Logger } from '@millrace/core';
import type { DashboardOptions } from '../dashboard.options.ts';
import { dashboardError } from '../dashboard-errors.ts';
import { EVENT_STREAM, EventStream } from '../live/event-stream.ts';
import { LiveHub, LISTENERS_MAX } from '../live/live-hub.ts';
import type { ObservedSource } from '../observed-source.ts';
import { refusal, SAFE_HEADERS, send } from './answer.ts';
import { CachedState } from './cached-state.ts';
import { listenOnFreePort } from './free-port.ts';
import { RequestGuard } from './request-guard.ts';
import { Routes } from './routes.ts';

const HEADER_BYTES_MAX = 16_384;
const CONNECTIONS_MAX = 256;
const HEADERS_TIMEOUT_MS = 10_000;
const IDLE_TIMEOUT_MS = 30_000;

/** Parts of a `DashboardServer`. */
export interface DashboardServerDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly source: ObservedSource;
  readonly options: DashboardOptions;
}

/** The server of one dashboard. */
export class DashboardServer {
  readonly #deps: DashboardServerDeps;
  readonly #guard: RequestGuard;
  readonly #hub: LiveHub;
  readonly #routes: Routes;
  readonly #server: Server;
  #hasFailed = false;

  constructor(deps: DashboardServerDeps) {
    const { clock, source, options } = deps;
    this.#deps = deps;
    this.#guard = new RequestGuard(options);
    this.#hub = new LiveHub({ clock, source });
    this.#routes = new Routes(source, new CachedState(clock, source));
    this.#server = createServer({
      maxHeaderSize: HEADER_BYTES_MAX,
      headersTimeout: HEADERS_TIMEOUT_MS,
      requestTimeout: HEADERS_TIMEOUT_MS,
      keepAliveTimeout: IDLE_TIMEOUT_MS,
    });
    this.#server.maxConnections = CONNECTIONS_MAX;
    // Also ends an answer that its client does not read; live streams have their own bound.
    this.#server.setTimeout(IDLE_TIMEOUT_MS);
    this.#server.on('connection', (socket: Socket) => void socket.unref());
    this.#server.on('request', (request, response) => this.#onRequest(request, response));
  }

  /** True when requests need a token. */
  get needsToken(): boolean {
    return this.#guard.needsToken;
  }

  /** Begins to listen. Rejects with `MR_DASHBOARD_NOT_LISTENING`. */
  async listen(): Promise<AddressInfo> {
    const { host, port } = this.#deps.options;
    const address = await listenOnFreePort(this.#server, { host, port });
    this.#server.unref();
    // An error from now on, such as too few file descriptors, concerns new connections alone.
    this.#server.on('error', (error) =>
      this.#deps.log.warn('dashboard could not accept a connection', { error }),
    );
    return address;
  }

  /** Ends live streams after their last message, and closes all connections. */
  async close(): Promise<void> {
    await this.#hub.close();
    if (!this.#server.listening) return;
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    await closed;
  }

  #onRequest(request: IncomingMessage, response: ServerResponse): void {
    // A client may be gone before its answer.
    response.on('error', () => undefined);
    this.#answer(request, response).catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      else send(request, response, this.#refuse(error));
    });
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const target = this.#guard.check(request);
    if (target.path === '/events') this.#listenLive(request, response);
    else send(request, response, await this.#routes.answer(target, request));
  }

  #listenLive(request: IncomingMessage, response: ServerResponse): void {
    const { headers, method } = request;
    if (method === 'HEAD') {
      send(request, response, { status: 200, type: EVENT_STREAM, body: '' });
      return;
    }
    if (this.#hub.isFull) {
      const message = `expected at most ${LISTENERS_MAX} live listeners; close some pages of this dashboard`;
      throw dashboardError('MR_DASHBOARD_LISTENERS_FULL', message);
    }
    const lastId = headers['last-event-id'];
    this.#hub.join(new EventStream(response, SAFE_HEADERS), typeof lastId === 'string' ? lastId : undefined);
  }

  #refuse(error: unknown): ReturnType<typeof refusal> {
    const answer = refusal(error);
    // Once: a page asks again and again.
    if (answer.status === 500 && !this.#hasFailed) {
      this.#hasFailed = true;
      this.#deps.log.error('dashboard failed to answer a request', { error });
    }
    return answer;
  }
}
