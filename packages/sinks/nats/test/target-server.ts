// The other side of tests: a real server, asked without a proxy.
import { randomUUID } from 'node:crypto';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { jetstream, type JetStreamManager, jetstreamManager, type StreamConfig } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { type RealServer, startServer } from '../../../../tools/servers/real-server.ts';
import { BreakingProxy } from './breaking-proxy.ts';

/** A message of a stream. */
export interface FoundMessage {
  readonly subject: string;
  readonly text: string;
  readonly headers: readonly (readonly [string, readonly string[]])[];
}

/** The PEM file of the certificate of the server. */
export const CERTIFICATE = join(
  dirname(fileURLToPath(import.meta.url)),
  '../../../../tools/servers/kafka/localhost.pem',
);

/** A server for tests. A stream `S` has the subjects `S.>` and those of its ledger. */
export class TargetServer {
  readonly server: RealServer;
  readonly proxy: BreakingProxy;
  readonly connection: NatsConnection;
  readonly #manager: JetStreamManager;

  private constructor(
    server: RealServer,
    proxy: BreakingProxy,
    connection: NatsConnection,
    manager: JetStreamManager,
  ) {
    this.server = server;
    this.proxy = proxy;
    this.connection = connection;
    this.#manager = manager;
  }

  /** Undefined when NATS is not installed. */
  static async start(): Promise<TargetServer | undefined> {
    const server = await startServer('nats');
    if (server === undefined) return undefined;
    const connection = await connect({
      port: server.port,
      tls: null,
      maxReconnectAttempts: -1,
      reconnectTimeWait: 50,
      reconnectJitter: 10,
    });
    const proxy = await BreakingProxy.start(server.port);
    return new TargetServer(
      server,
      proxy,
      connection,
      await jetstreamManager(connection, { timeout: 20_000 }),
    );
  }

  /** Makes a stream, and returns its name. */
  async stream(config: Partial<StreamConfig> = {}): Promise<string> {
    const name = `S${randomUUID().replaceAll('-', '')}`;
    const subjects = [`${name}.>`, `millrace.ledger.${name}.>`];
    await this.#manager.streams.add({ name, subjects, allow_atomic: true, ...config });
    return name;
  }

  /** The messages of a stream in order, without those of the ledger. */
  async messages(stream: string): Promise<readonly FoundMessage[]> {
    return (await this.#all(stream)).filter(({ subject }) => !subject.startsWith('millrace.ledger.'));
  }

  /** The messages of the ledger of a stream, in order. */
  async ledger(stream: string): Promise<readonly FoundMessage[]> {
    return (await this.#all(stream)).filter(({ subject }) => subject.startsWith('millrace.ledger.'));
  }

  async #all(stream: string): Promise<readonly FoundMessage[]> {
    const { state } = await this.#manager.streams.info(stream);
    const found: FoundMessage[] = [];
    if (state.messages === 0) return found;
    const consumer = await jetstream(this.connection).consumers.get(stream);
    const messages = await consumer.fetch({ max_messages: state.messages });
    for await (const message of messages) {
      found.push({
        subject: message.subject,
        text: message.string(),
        headers: [...(message.headers ?? [])],
      });
      if (message.info.pending === 0) break;
    }
    return found;
  }

  async stop(): Promise<void> {
    await this.connection.close();
    await this.proxy.close();
    await this.server.stop();
  }
}
