// The data server of a host: answers the executors of other hosts with buckets and blocks of its own executors, over HTTP or
// HTTPS. One server serves all executors of a host, so a host has one address.
import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { type Clock, type Codec, type ExecutorId, type Logger, messageOf } from '@millrace/core';
import { SummedReport } from '@millrace/core/engine';
import type { PeerKind } from '../peer-kinds.ts';
import { remoteError } from '../remote-errors.ts';
import { assertProtected, type DataAddress, formatDataAddress } from './data-address.ts';
import { type DataEpoch, DataExchanges } from './data-exchange.ts';
import { DATA_LIMITS, type DataLimits } from './data-limits.ts';
import type { DataTls } from './data-tls.ts';
import { refuse, Refused, STATUS } from './refusal.ts';
import { SeenNonces } from './seen-nonces.ts';
import { signingKey } from './signed-request.ts';

/** Collaborators of a data server. */
export interface DataServerDeps {
  readonly clock: Clock;
  readonly codec: Codec;
  readonly log: Logger;
  /** The address to listen on; port 0: any free port. */
  readonly address: DataAddress;
  /** Absent: HTTP, which is allowed on loopback, and elsewhere with `insecureData`. */
  readonly tls?: DataTls | undefined;
  /** True: other hosts may be served without TLS. Default false. */
  readonly insecureData?: boolean | undefined;
  /**
   * Answers a request to one of the executors of this host. A rejection is sent back; `MR_EXECUTOR_UNREACHABLE` for an
   * executor that is not here.
   */
  readonly answer: (to: ExecutorId, kind: PeerKind, request: unknown) => Promise<unknown>;
  /** Differences from `DATA_LIMITS`. */
  readonly limits?: Partial<DataLimits> | undefined;
}

const HEADER_BYTES_MAX = 4_096;
/** Node closes a connection without a request after this time. A fetcher keeps its connections for less. */
const KEEP_ALIVE_MS = 60_000;
/** Checks of the time of a request in that time. */
const CHECKS_PER_TIMEOUT = 4;

/** A server that listens. */
export class DataServer {
  readonly #server: Server;
  readonly #log: Logger;
  readonly #exchanges: DataExchanges;
  readonly #refusals: SummedReport;
  #lastRefusal: Refused | undefined;
  #epoch: DataEpoch | undefined;

  private constructor(deps: DataServerDeps, limits: DataLimits) {
    const { clock, codec, log, answer } = deps;
    this.#log = log;
    this.#exchanges = new DataExchanges({ clock, codec, limits, answer, epoch: () => this.#epoch });
    this.#refusals = new SummedReport({
      clock,
      tell: (untold, total) => {
        const { status, message: reason } = this.#lastRefusal ?? {};
        log.warn('requests to the data server were refused', { refused: untold, total, status, reason });
      },
    });
    this.#server = serverOf(deps, limits);
    this.#server.maxConnections = limits.connectionsMax;
    this.#server.on('request', (request, response) => void this.#serve(request, response));
    // Node leaves the closing of a connection to this listener: no fetcher sends anything that Node cannot parse.
    this.#server.on('clientError', (_error, socket) => void socket.destroy());
  }

  /**
   * Starts a server. Every request is refused until `admit`.
   *
   * @throws `MR_REMOTE_DATA_INSECURE`; `MR_REMOTE_DATA_ADDRESS` when the address is not available or a certificate is not
   * usable.
   */
  static async listen(deps: DataServerDeps): Promise<DataServer> {
    const { address, tls, insecureData = false, limits } = deps;
    assertProtected(address, { hasTls: tls !== undefined, insecureData });
    try {
      const server = new DataServer(deps, { ...DATA_LIMITS, ...limits });
      await server.#listen(address);
      return server;
    } catch (cause) {
      const at = formatDataAddress(address);
      const message = `the data server cannot listen on ${at}: ${messageOf(cause)}; choose another address, or fix the certificates`;
      throw remoteError('MR_REMOTE_DATA_ADDRESS', message, { details: { address: at }, cause });
    }
  }

  /** The address of the server, with the port that the system has chosen. */
  get address(): DataAddress {
    const { address, port } = this.#server.address() as AddressInfo;
    return { host: address, port };
  }

  /** Requests that are being answered. */
  get answers(): number {
    return this.#exchanges.answers;
  }

  /**
   * Begins an epoch: requests under this secret are served, and those under the secret of an earlier epoch are refused.
   *
   * @throws TypeError for a secret of another length than 32 bytes.
   */
  admit(secret: Uint8Array): void {
    this.#epoch = { key: signingKey(secret), nonces: new SeenNonces() };
  }

  /** Ends the server and all its connections. May be repeated. */
  async close(): Promise<void> {
    this.#refusals.flush();
    if (!this.#server.listening) return;
    const closed = new Promise((resolve) => void this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  async #listen({ host, port }: DataAddress): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#server.once('error', reject);
    this.#server.listen({ host, port }, resolve);
    await promise;
    this.#server.off('error', reject);
    this.#server.on('error', (error) =>
      this.#log.warn('the data server could not accept a connection', { error }),
    );
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // A reader that leaves ends the writing; `close` follows each error.
    response.on('error', () => undefined);
    try {
      await this.#exchanges.serve(request, response);
    } catch (error) {
      if (!(error instanceof Refused)) return void response.destroy();
      this.#report(error);
      refuse(request, response, error);
    }
  }

  /** A busy server is no event: the fetcher asks again. */
  #report(refused: Refused): void {
    if (refused.status === STATUS.busy) return;
    this.#lastRefusal = refused;
    this.#refusals.add(1);
  }
}

function serverOf({ tls }: DataServerDeps, { idleMs }: DataLimits): Server {
  const options: ServerOptions = {
    headersTimeout: idleMs,
    // The whole request: a sender of a byte now and then does not hold a connection.
    requestTimeout: 3 * idleMs,
    connectionsCheckingInterval: Math.ceil(idleMs / CHECKS_PER_TIMEOUT),
    keepAliveTimeout: KEEP_ALIVE_MS,
    maxHeaderSize: HEADER_BYTES_MAX,
    noDelay: true,
  };
  if (tls === undefined) return createServer(options);
  return createSecureServer({
    ...options,
    ...tls,
    requestCert: true,
    rejectUnauthorized: true,
    handshakeTimeout: idleMs,
  });
}
