// The other side of tests: a real mosquitto behind a proxy, with publishers that do not use the proxy. The log of the broker
// tells which messages were acknowledged.
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { TcpProxy } from '@millrace/testing';
import { connectAsync, type IClientPublishOptions, type MqttClient } from 'mqtt';
import { type RealServer, startServer } from '../../../../tools/servers/real-server.ts';

/** A broker for tests. */
export class Broker {
  readonly server: RealServer;
  /** The port of `localhost` with TLS and authentication; see `mosquitto.sh`. */
  readonly securedPort: number;
  readonly proxy: TcpProxy;
  readonly #publisher: MqttClient;

  private constructor(server: RealServer, securedPort: number, proxy: TcpProxy, publisher: MqttClient) {
    this.server = server;
    this.securedPort = securedPort;
    this.proxy = proxy;
    this.#publisher = publisher;
  }

  /** Undefined when mosquitto is not installed. */
  static async start(env: Readonly<Record<string, string>> = {}): Promise<Broker | undefined> {
    const server = await startServer('mosquitto', env);
    if (server === undefined) return undefined;
    const securedPort = Number(await readFile(join(dirname(server.log), 'secured-port'), 'utf8'));
    const proxy = await TcpProxy.start({ port: server.port });
    // Messages that are not acknowledged are sent again, in a session of its own, while the broker is away for a moment.
    const publisher = await connectAsync(`mqtt://127.0.0.1:${server.port}`, {
      clientId: `publisher-${randomUUID()}`,
      clean: false,
      reconnectPeriod: 50,
    });
    return new Broker(server, securedPort, proxy, publisher);
  }

  get port(): number {
    return this.server.port;
  }

  /** A name for the topics and the session of one test. */
  name(): string {
    return `test-${randomUUID()}`;
  }

  /** Publishes at quality of service 1 and waits for the broker. */
  async publish(topic: string, payload: string | Buffer, options: IClientPublishOptions = {}): Promise<void> {
    await this.#publisher.publishAsync(topic, payload, { qos: 1, ...options });
  }

  /** Publishes `{ id }` for each id, in order; the id is in the topic too, because the log of the broker shows topics. */
  async publishIds(name: string, ids: readonly number[], more: object = {}): Promise<void> {
    await Promise.all(ids.map((id) => this.publish(`${name}/${id}`, JSON.stringify({ id, ...more }))));
  }

  /** Makes the session of a client and its subscription: from now on messages are kept. */
  async openSession(clientId: string, topic: string): Promise<void> {
    const session = await connectAsync(`mqtt://127.0.0.1:${this.port}`, {
      protocolVersion: 5,
      clientId,
      clean: false,
      properties: { sessionExpiryInterval: 86_400 },
    });
    await session.subscribeAsync(topic, { qos: 1 });
    await session.endAsync();
  }

  async endSession(clientId: string): Promise<void> {
    const last = await connectAsync(`mqtt://127.0.0.1:${this.port}`, { clientId, clean: true });
    await last.endAsync();
  }

  /** The ids of messages with a PUBACK of a session, in this order. Numbers of messages are used again. */
  async acknowledged(clientId: string): Promise<readonly number[]> {
    const log = await readFile(this.server.log, 'utf8');
    const acknowledged: number[] = [];
    const sent = new Map<string, number>();
    for (const line of log.split('\n')) {
      if (!line.includes(clientId)) continue;
      const [, message = '', id] =
        /Sending PUBLISH to \S+ \(d\d, q1, r\d, m(\d+), '[^']*\/(\d+)'/.exec(line) ?? [];
      if (id !== undefined) sent.set(message, Number(id));
      const [, done] = /Received PUBACK from \S+ \(Mid: (\d+)/.exec(line) ?? [];
      const known = done === undefined ? undefined : sent.get(done);
      if (known !== undefined) acknowledged.push(known);
    }
    return acknowledged;
  }

  /** The number of messages that the broker has sent to a client. */
  async sentCount(clientId: string): Promise<number> {
    const log = await readFile(this.server.log, 'utf8');
    return log.split(`Sending PUBLISH to ${clientId} `).length - 1;
  }

  /** True when the newest connection of a client is alive and subscribed. */
  async isSubscribed(clientId: string): Promise<boolean> {
    const log = await readFile(this.server.log, 'utf8');
    const subscribed = log.lastIndexOf(`Sending SUBACK to ${clientId}`);
    const ended = Math.max(
      log.lastIndexOf(`Client ${clientId} `),
      log.lastIndexOf(`Received DISCONNECT from ${clientId}`),
    );
    return subscribed > ended;
  }

  /** True when the newest connection of a client has ended with the client's farewell. */
  async hasLeft(clientId: string): Promise<boolean> {
    const log = await readFile(this.server.log, 'utf8');
    const left = log.lastIndexOf(`Received DISCONNECT from ${clientId}`);
    return left > log.lastIndexOf(`Sending CONNACK to ${clientId}`);
  }

  async stop(): Promise<void> {
    await this.#publisher.endAsync(true);
    await this.proxy.close();
    await this.server.stop();
  }
}
