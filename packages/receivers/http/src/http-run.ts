// One start of a receiver, from the files it reads to the last answer it gives:
//
//   start ──► read TLS files ──► listen ──► announce the address
//   stop ──► no new connections, what is not stored is refused; what is stored waits for its acknowledgement: 200
//   close ──► the rest is answered 503, and the connections are closed
//
// What becomes of a request is in `requests/`.
import type { AddressInfo } from 'node:net';
import { isMillraceError, messageOf, type ReceiverContext } from '@millrace/core';
import type { BodyParsers } from './bodies/body-parsers.ts';
import { httpError } from './http-errors.ts';
import type { HttpOptions } from './http.options.ts';
import { HttpListener } from './listening/http-listener.ts';
import { publishListening } from './listening/listening-channel.ts';
import { readTlsFiles, type ServerTls } from './listening/tls-files.ts';
import { Exchange } from './requests/exchange.ts';
import { RequestHandler } from './requests/request-handler.ts';
import { SummedReport } from './summed-report.ts';

/** How long the last answers may take to be sent. */
const CLOSE_GRACE_MS = 1_000;

const LOOPBACK = /^(127\.|::1$|::ffff:127\.)/;

/** One start of a receiver. */
export class HttpRun {
  readonly #context: ReceiverContext<unknown>;
  readonly #options: HttpOptions;
  readonly #handler: RequestHandler;
  readonly #acceptFailures: SummedReport;
  readonly #refusedConnections: SummedReport;
  #acceptError: Error | undefined;
  #listener: HttpListener | undefined;
  /** Never rejects. */
  #started: Promise<void> = Promise.resolve();

  constructor(context: ReceiverContext<unknown>, options: HttpOptions, parsers: BodyParsers) {
    const { clock, log } = context;
    this.#context = context;
    this.#options = options;
    this.#handler = new RequestHandler({ context, options, parsers });
    this.#acceptFailures = new SummedReport({ clock, tell: (untold) => this.#tellAcceptFailures(untold) });
    this.#refusedConnections = new SummedReport({
      clock,
      tell: (untold, total) => log.warn('connections above maxConnections were closed', { untold, total }),
    });
  }

  /** Resolves when it listens, or has asked for a restart. */
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
    this.#listener?.stopAccepting();
  }

  /** Answers what is left and closes every connection, by force where the answers take too long. */
  async close(): Promise<void> {
    const { clock } = this.#context;
    const grace = clock.after(CLOSE_GRACE_MS, () => this.#listener?.destroyConnections());
    await this.#handler.close();
    grace.cancel();
    await this.#listener?.close();
  }

  /** Whatever fails asks for a restart: an address may become free, a certificate may be renewed. */
  async #listen(): Promise<void> {
    const { signal } = this.#context;
    try {
      const tls = await this.#readTls();
      if (signal.aborted) return;
      this.#listener = this.#createListener(tls);
      this.#announce(await this.#listener.listen());
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

  #createListener(tls: ServerTls | undefined): HttpListener {
    try {
      return new HttpListener({
        options: this.#options,
        tls,
        onRequest: (request, response, awaitsContinue) =>
          this.#handler.handle(new Exchange(request, response, awaitsContinue)),
        onAcceptFailed: (error) => this.#onAcceptFailed(error),
        onConnectionRefused: () => this.#refusedConnections.add(1),
      });
    } catch (cause) {
      throw tlsError(cause);
    }
  }

  #announce({ address, family, port }: AddressInfo): void {
    const { streamId, attemptId, executorId, log } = this.#context;
    const { path, tls, bearerTokens } = this.#options;
    const host = family === 'IPv6' ? `[${address}]` : address;
    const url = `${tls === undefined ? 'http' : 'https'}://${host}:${port}${path}`;
    log.info('http receiver listening', { url, address, port });
    const isGuarded = LOOPBACK.test(address) || bearerTokens.length > 0 || tls?.clientCaFile !== undefined;
    if (!isGuarded) log.warn('http receiver takes records from anybody on the network', { url });
    publishListening({ streamId, attemptId, executorId, url, address, port });
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
      const message = `expected ${host}:${port} to be free, another program listens there; stop it or choose another port`;
      return httpError('MR_HTTP_ADDRESS_IN_USE', message, { details, cause });
    }
    const message = `could not listen on ${host}:${port}: ${messageOf(cause)}`;
    return httpError('MR_HTTP_LISTEN_FAILED', message, { details, cause });
  }
}

/** The cause names files, never what is in them. */
function tlsError(cause: unknown): Error {
  const message = `expected usable TLS files: ${messageOf(cause)}`;
  return httpError('MR_HTTP_TLS_UNUSABLE', message, { cause });
}
