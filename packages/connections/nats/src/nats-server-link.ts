// One connection to NATS. The client connects to nothing again: the end of the connection goes to the engine, which restarts
// a receiver and repeats a write with growing delays.
import type { Clock, Storage } from '@millrace/core';
import { failureText } from '@millrace/core/engine';
import { type ConnectionOptions, connect, errors, type NatsConnection } from '@nats-io/transport-node';
import { type NatsConnectionOptions, secretsOf, serversOf } from './connection-options.ts';
import { credentialSettings } from './credentials.ts';
import { tlsSettings } from './tls-settings.ts';

/** Collaborators of a connection. */
export interface NatsServerLinkDeps {
  readonly clock: Clock;
  /** Reads the files of `tls`, `credentialsFile` and `nkeyFile`. */
  readonly storage: Storage;
  /** Ends the opening. */
  readonly signal?: AbortSignal;
  /** Makes the error of the plugin for files that cannot be used. */
  readonly unusableFiles: (message: string) => Error;
}

/** A silent server is noticed after two of these. */
const PING_MS = 10_000;
/** The longest wait for a server at the end of a connection. */
const CLOSE_MS = 2_000;

/** A connection. */
export class NatsServerLink {
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

  /**
   * Connects. An aborted opening ends at once; a connection that comes later is closed.
   *
   * @throws the error of `unusableFiles`, errors of the client, and the reason of the signal.
   */
  static async open(options: NatsConnectionOptions, deps: NatsServerLinkDeps): Promise<NatsServerLink> {
    const { clock, signal } = deps;
    const settings = await settingsOf(options, deps);
    signal?.throwIfAborted();
    const connecting = connect(settings);
    const aborted = Promise.withResolvers<never>();
    const onAbort = (): void => aborted.reject(signal?.reason);
    signal?.addEventListener('abort', onAbort, { once: true });
    try {
      return new NatsServerLink(await Promise.race([connecting, aborted.promise]), clock);
    } catch (error) {
      void connecting.then(
        (late) => late.close(),
        () => undefined,
      );
      throw error;
    } finally {
      signal?.removeEventListener('abort', onAbort);
    }
  }

  /** Calls back once when the connection ends before `close`, with the error. */
  onLost(tell: (error: unknown) => void): void {
    void this.connection.closed().then((error) => {
      if (!this.#isClosed) tell(error ?? new errors.ConnectionError('the server closed the connection'));
    });
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

async function settingsOf(
  options: NatsConnectionOptions,
  { storage, unusableFiles }: NatsServerLinkDeps,
): Promise<ConnectionOptions> {
  const { clientName, inboxPrefix, connectTimeoutMs } = options;
  const servers = serversOf(options);
  try {
    return {
      servers: [...servers],
      name: clientName,
      inboxPrefix,
      timeout: connectTimeoutMs,
      reconnect: false,
      ignoreClusterUpdates: true,
      pingInterval: PING_MS,
      noAsyncTraces: true,
      tls: await tlsSettings(options.tls, servers, storage),
      ...(await credentialSettings(options, storage)),
    };
  } catch (cause) {
    const reason = failureText(cause, secretsOf(options));
    throw unusableFiles(`expected usable files of tls, credentialsFile and nkeyFile: ${reason}`);
  }
}
