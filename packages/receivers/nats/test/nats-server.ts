// The other side of tests: streams, consumers and messages of a real server, asked without a proxy.
import { randomUUID } from 'node:crypto';
import {
  type ConsumerInfo,
  type JetStreamClient,
  type JetStreamManager,
  jetstream,
  jetstreamManager,
  type StreamConfig,
} from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { TcpProxy } from '@millrace/testing';
import { type RealServer, startServer } from '../../../../tools/servers/real-server.ts';

/** A stream for tests: `STREAM` has the subjects `STREAM.>`. */
export class NatsServer {
  readonly server: RealServer;
  readonly proxy: TcpProxy;
  readonly connection: NatsConnection;
  /** The ids of written messages, by stream and sequence. */
  readonly #written = new Map<string, Map<number, number>>();
  readonly #client: JetStreamClient;
  readonly #manager: JetStreamManager;

  private constructor(
    server: RealServer,
    proxy: TcpProxy,
    connection: NatsConnection,
    manager: JetStreamManager,
  ) {
    this.server = server;
    this.proxy = proxy;
    this.connection = connection;
    this.#client = jetstream(connection, { timeout: 2_000 });
    this.#manager = manager;
  }

  /** Undefined when NATS is not installed. */
  static async start(): Promise<NatsServer | undefined> {
    const server = await startServer('nats');
    if (server === undefined) return undefined;
    const connection = await connect({
      port: server.port,
      tls: null,
      maxReconnectAttempts: -1,
      reconnectTimeWait: 50,
      reconnectJitter: 10,
    });
    const proxy = await TcpProxy.start({ port: server.port });
    const manager = await jetstreamManager(connection, { timeout: 20_000 });
    return new NatsServer(server, proxy, connection, manager);
  }

  /** Makes a stream, and returns its name. */
  async stream(config: Partial<StreamConfig> = {}): Promise<string> {
    const name = `S${randomUUID().replaceAll('-', '')}`;
    await this.addStream(name, config);
    return name;
  }

  async addStream(name: string, config: Partial<StreamConfig> = {}): Promise<void> {
    await this.#manager.streams.add({ name, subjects: [`${name}.>`], ...config });
  }

  async deleteStream(name: string): Promise<void> {
    await this.#manager.streams.delete(name);
  }

  /** Removes the messages before a sequence, like limits. */
  async removeBefore(name: string, sequence: number): Promise<void> {
    await this.#manager.streams.purge(name, { seq: sequence });
  }

  async deleteMessage(name: string, sequence: number): Promise<void> {
    await this.#manager.streams.deleteMessage(name, sequence);
  }

  /** The number of messages that a stream has. */
  async count(name: string): Promise<number> {
    return (await this.#manager.streams.info(name)).state.messages;
  }

  /** The sequences of the messages that a stream has. */
  async sequences(name: string): Promise<readonly number[]> {
    const { state } = await this.#manager.streams.info(name, { deleted_details: true });
    const { first_seq, last_seq, messages, deleted } = state;
    if (messages === 0) return [];
    const missing = new Set(deleted);
    const all = Array.from({ length: last_seq - first_seq + 1 }, (_, index) => first_seq + index);
    return all.filter((sequence) => !missing.has(sequence));
  }

  get consumers() {
    return this.#manager.consumers;
  }

  async consumer(stream: string, name: string): Promise<ConsumerInfo> {
    return await this.#manager.consumers.info(stream, name);
  }

  /** Writes messages in order, each once although the server is away for a while. */
  async write(subject: string, values: readonly (string | Uint8Array)[]): Promise<void> {
    const written = values.map((value) => this.#writeOnce(subject, value, randomUUID()));
    await Promise.all(written);
  }

  async #writeOnce(subject: string, value: string | Uint8Array, msgID: string): Promise<void> {
    for (let tries = 0; ; tries += 1) {
      try {
        const { stream, seq } = await this.#client.publish(subject, value, { msgID });
        this.#remember(stream, seq, value);
        return;
      } catch (error) {
        if (tries === 100) throw error;
        await new Promise((resolve) => void setTimeout(resolve, 50));
      }
    }
  }

  /** The ids of messages `{"id":7}` that a work queue has no more. */
  async acknowledgedIds(stream: string): Promise<readonly number[]> {
    const written = [...(this.#written.get(stream) ?? [])];
    const kept = new Set(await this.sequences(stream));
    return written.flatMap(([sequence, id]) => (kept.has(sequence) ? [] : [id]));
  }

  #remember(stream: string, sequence: number, value: string | Uint8Array): void {
    const id = typeof value === 'string' ? /^\{"id":(\d+)\}$/.exec(value)?.[1] : undefined;
    if (id === undefined) return;
    const known = this.#written.get(stream) ?? new Map<number, number>();
    this.#written.set(stream, known.set(sequence, Number(id)));
  }

  async stop(): Promise<void> {
    await this.connection.close();
    await this.proxy.close();
    await this.server.stop();
  }
}
