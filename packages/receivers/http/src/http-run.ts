// One start of a receiver, from reading its files to its last answer:
//
//   start ──► read TLS files ──► listen ──► announce the address
//   stop ──► no new connections, unstored requests are refused; stored requests wait for their acknowledgement: 200
//   close ──► the remaining requests are answered 503, and the connections are closed
//
// The directory `requests/` handles single requests.
import type { AddressInfo } from 'node:net';
import { isMillraceError, messageOf, type ReceiverContext } from '@millrace/core';
import { serverText, SummedReport } from '@millrace/core/engine';
import type { BodyParsers } from './bodies/body-parsers.ts';
import { httpError } from './http-errors.ts';
import { type HttpSettings, httpSettings } from './http-settings.ts';
import type { HttpOptions } from './http.options.ts';
import { HttpListener, type ListenerSettings } from './listening/http-listener.ts';
import { publishListening } from './listening/listening-channel.ts';
import { readTlsFiles, type ServerTls } from './listening/tls-files.ts';
import { isLoopback } from './loopback.ts';
import type { Exchange } from './requests/exchange.ts';
import { RequestHandler } from './requests/request-handler.ts';

/** The time limit for sending the last answers. */
const CLOSE_GRACE_MS = 1_000;

/** Bounds of the listener for health, whose requests are small and have no body. */
const HEALTH_BOUNDS = {
  maxConnections: 100,
  maxConnectionsPerAddress: 100,
  firstRequestTimeoutMs: 5_000,
  idleTimeoutMs: 15_000,
  headersTimeoutMs: 5_000,
  requestTimeoutMs: 5_000,
} as const;

/** One start of a receiver. */
export class HttpRun {
  readonly #context: ReceiverContext<unknown>;
  readonly #options: HttpSettings;
  readonly #handler: RequestHandler;
  readonly #acceptFailures: SummedReport;
  readonly #refusedConnections: SummedReport;
  #acceptError: Error | undefined;
  /** The listener for records and, with `healthPort`, the listener for health. */
  readonly #listeners: HttpListener[] = [];
  /** Never rejects. */
  #started: Promise<void> = Promise.resolve();

  constructor(context: ReceiverContext<unknown>, options: HttpOptions, parsers: BodyParsers) {
    const { clock, log } = context;
    this.#context = context;
    this.#options = httpSettings(options);
    this.#handler = new RequestHandler({ context, options: this.#options, parsers });
    this.#acceptFailures = new SummedReport({ clock, tell: (untold) => this.#tellAcceptFailures(untold) });
    this.#refusedConnections = new SummedReport({
      clock,
      tell: (untold, total) =>
        log.warn('connections above maxConnections or maxConnectionsPerAddress were closed', {
          untold,
          total,
        }),
    });
  }

  /** Malformed records of requests that were left out so far. */
  get skippedRecords(): number {
    return this.#handler.skippedRecords;
  }

  /** Resolves when the receiver listens, or has requested a restart. */
  start(): Promise<void> {
    this.#started = this.#listen();
    return this.#started;
  }

  /** Returns promptly: acknowledgements come only afterwards. */
  async stop(): Promise<void> {
    this.#handler.stop();
    await this.#started;
    this.#acceptFailures.flush();
    this.#refusedConnections.flush();
    for (const listener of this.#listeners) listener.stopAccepting();
  }

  /** Answers the remaining requests and closes every connection, by force when the answers take too long. */
  async close(): Promise<void> {
    const { clock } = this.#context;
    const grace = clock.after(CLOSE_GRACE_MS, () => {
      for (const listener of this.#listeners) listener.destroyConnections();
    });
    await this.#handler.close();
    grace.cancel();
    await Promise.all(this.#listeners.map((listener) => listener.close()));
  }

  /** Any failure requests a restart: an address may become free, a certificate may be renewed. */
  async #listen(): Promise<void> {
    const { signal } = this.#context;
    try {
      const tls = await this.#readTls();
      if (signal.aborted) return;
      await this.#listenWith(tls);
    } catch (cause) {
      if (signal.aborted) return;
      const error = isMillraceError(cause) ? cause : this.#listenError(cause);
      this.#context.restart(error.message, error);
    }
  }

  async #readTls(): Promise<ServerTls | undefined> {
    const { tls } = this.#options;
    if (tls === undefined) return undefined;
    try {
      return await readTlsFiles(this.#context.storage, tls);
    } catch (cause) {
      throw tlsError(cause);
    }
  }

  async #listenWith(tls: ServerTls | undefined): Promise<void> {
    const { healthPort } = this.#options;
    const records = this.#createListener(this.#options, tls, false);
    const address = await records.listen();
    if (healthPort === undefined) return this.#announce(address);
    const settings = { ...HEALTH_BOUNDS, host: this.#options.host, port: healthPort };
    this.#announce(address, await this.#createListener(settings, undefined, true).listen());
  }

  #createListener(
    settings: ListenerSettings,
    tls: ServerTls | undefined,
    isHealthOnly: boolean,
  ): HttpListener {
    try {
      const listener = new HttpListener({
        clock: this.#context.clock,
        settings,
        tls,
        onExchange: (exchange: Exchange) => this.#handler.handle(exchange, isHealthOnly),
        onAcceptFailed: (error) => this.#onAcceptFailed(error),
        onConnectionRefused: () => this.#refusedConnections.add(1),
      });
      this.#listeners.push(listener);
      return listener;
    } catch (cause) {
      throw tlsError(cause);
    }
  }

  #announce({ address, port }: AddressInfo, health?: AddressInfo): void {
    const { streamId, attemptId, executorId, log } = this.#context;
    const { path, healthPath, tls, bearerTokens } = this.#options;
    const url = `${tls === undefined ? 'http' : 'https'}://${serverText(address, port)}${path}`;
    const healthUrl =
      health === undefined ? {} : { healthUrl: `http://${serverText(address, health.port)}${healthPath}` };
    log.info('http receiver listening', { url, address, port, ...healthUrl });
    const isGuarded = isLoopback(address) || bearerTokens.length > 0 || tls?.clientCaFile !== undefined;
    if (!isGuarded) {
      log.warn(
        'the http receiver accepts records from any client on the network; set bearerTokens or tls.clientCaFile',
        { url },
      );
    }
    publishListening({ streamId, attemptId, executorId, url, address, port, ...healthUrl });
  }

  #onAcceptFailed(error: Error): void {
    this.#acceptError = error;
    this.#acceptFailures.add(1);
  }

  #tellAcceptFailures(count: number): void {
    const cause = this.#acceptError;
    const message = `${count} connections could not be accepted: ${cause?.message ?? 'for an unknown reason'}`;
    this.#context.reportError(message, httpError('MR_HTTP_ACCEPT_FAILED', message, { cause }));
  }

  #listenError(cause: unknown): Error {
    const { host, port } = this.#options;
    const details = { host, port };
    if ((cause as NodeJS.ErrnoException).code === 'EADDRINUSE') {
      const message = `expected ${serverText(host, port)} to be free, another program listens there; stop the program or choose another port`;
      return httpError('MR_HTTP_ADDRESS_IN_USE', message, { details, cause });
    }
    const message = `could not listen on ${serverText(host, port)}: ${messageOf(cause)}`;
    return httpError('MR_HTTP_LISTEN_FAILED', message, { details, cause });
  }
}

/** The cause contains names of files, never their content. */
function tlsError(cause: unknown): Error {
  const message = `expected usable TLS files: ${messageOf(cause)}`;
  return httpError('MR_HTTP_TLS_UNUSABLE', message, { cause });
}
