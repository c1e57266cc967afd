// One connection to NATS. The client connects to nothing again: a failure goes to the engine, which repeats the write with growing
// delays over the next connection.
import { type Clock, NodeStorage, type Storage } from '@millrace/core';
import { failureText, readClientTls, readSmallFile } from '@millrace/core/engine';
import {
  type ConnectionOptions,
  connect,
  credsAuthenticator,
  errors,
  type NatsConnection,
  type TlsOptions,
} from '@nats-io/transport-node';
import { natsSinkError } from '../nats-sink-errors.ts';
import { addressesOf, type NatsSinkConnectionOptions, secretsOf, serversOf } from './connection-options.ts';

/** A silent server is noticed after two of these. */
const PING_MS = 10_000;
/** The longest wait for a server at the end of a connection. */
const CLOSE_MS = 2_000;

/** A connection. */
export class NatsSinkLink {
  readonly connection: NatsConnection;
  readonly #clock: Clock;
  /** Flushes whose answer has not come. */
  readonly #flushes = new Set<PromiseWithResolvers<void>>();
  #isClosed = false;

  private constructor(connection: NatsConnection, clock: Clock) {
    this.connection = connection;
    this.#clock = clock;
    void connection.closed().then(() => {
      for (const { reject } of this.#flushes) reject(new errors.ClosedConnectionError());
    });
  }

  /** Connects. @throws `MR_SINK_NATS_FILES_UNUSABLE`, and errors of the client. */
  static async open(options: NatsSinkConnectionOptions, clock: Clock): Promise<NatsSinkLink> {
    return new NatsSinkLink(await connect(await settingsOf(options)), clock);
  }

  /**
   * Resolves when the server has read everything that was sent. The flush of the library never settles when the connection
   * breaks meanwhile.
   *
   * @throws ClosedConnectionError
   */
  async flush(): Promise<void> {
    const flushed = Promise.withResolvers<void>();
    this.#flushes.add(flushed);
    this.connection.flush().then(flushed.resolve, flushed.reject);
    try {
      await flushed.promise;
    } finally {
      this.#flushes.delete(flushed);
    }
  }

  /** Waits for work within a limit. Never rejects. */
  async settle(work: () => Promise<unknown>): Promise<void> {
    const wait = new AbortController();
    const late = this.#clock.sleepFor(CLOSE_MS, wait.signal).catch(() => undefined);
    await Promise.race([work().catch(() => undefined), late]);
    wait.abort();
  }

  /** Sends the rest and closes the connection. May be repeated; never rejects. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.settle(() => this.flush());
    await this.settle(() => this.connection.close());
  }
}

async function settingsOf(options: NatsSinkConnectionOptions): Promise<ConnectionOptions> {
  const storage = new NodeStorage();
  const { username, password, token, credentialsFile, clientName, inboxPrefix, connectTimeoutMs } = options;
  try {
    return {
      servers: [...serversOf(options)],
      name: clientName,
      inboxPrefix,
      timeout: connectTimeoutMs,
      reconnect: false,
      ignoreClusterUpdates: true,
      pingInterval: PING_MS,
      noAsyncTraces: true,
      // Without the option nothing changes to TLS by itself, with names that nobody checks.
      tls: options.tls === undefined ? null : await tlsOf(options, storage),
      ...(username === undefined || password === undefined ? {} : { user: username, pass: password }),
      ...(token === undefined ? {} : { token }),
      ...(credentialsFile === undefined
        ? {}
        : { authenticator: credsAuthenticator(await readSmallFile(storage, credentialsFile)) }),
    };
  } catch (cause) {
    const reason = failureText(cause, secretsOf(options));
    throw natsSinkError(
      'MR_SINK_NATS_FILES_UNUSABLE',
      `expected usable files of tls and credentialsFile: ${reason}`,
    );
  }
}

/**
 * The settings of TLS. The library compares the certificate of a server that is named by its address with `localhost`, unless
 * the address is given here, too; the options permit only one such server without `serverName`.
 */
async function tlsOf(options: NatsSinkConnectionOptions, storage: Storage): Promise<TlsOptions> {
  const tls = await readClientTls(storage, options.tls ?? {});
  const host = tls.servername === undefined ? addressesOf(options)[0] : undefined;
  return { ...tls, ...(host === undefined ? {} : { host }) } as TlsOptions;
}
