// The other side of tests: a real RabbitMQ behind a proxy, with publishers that do not use the proxy.
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { TcpProxy } from '@millrace/testing';
import { type ChannelModel, type ConfirmChannel, connect, type Options } from 'amqplib';
import { Pool } from '../../../../tools/servers/pool.ts';
import { type RealServer, startServer } from '../../../../tools/servers/real-server.ts';
import { QueueProbe } from './queue-probe.ts';

const MESSAGES_AT_ONCE = 5_000;
const TRIES = 1_500;
const AGAIN_MS = 100;

/** A broker for tests. */
export class Broker {
  readonly server: RealServer;
  /** The port with TLS; see `rabbitmq.sh`. */
  readonly securedPort: number;
  /** The first proxy. */
  readonly proxy: TcpProxy;
  /** The proxies, for runs side by side. */
  readonly proxies: Pool<TcpProxy>;
  readonly #all: readonly TcpProxy[];
  readonly #probe: QueueProbe;
  readonly #published = new Map<string, (number | undefined)[]>();
  readonly #acknowledged = new Map<string, number>();
  #model: ChannelModel | undefined;
  /** One for all runs at once. */
  #channel: Promise<ConfirmChannel> | undefined;

  private constructor(
    server: RealServer,
    securedPort: number,
    proxies: readonly TcpProxy[],
    probe: QueueProbe,
  ) {
    this.server = server;
    this.securedPort = securedPort;
    const [first] = proxies;
    if (first === undefined) throw new TypeError('expected a proxy');
    this.proxy = first;
    this.proxies = new Pool(proxies);
    this.#all = proxies;
    this.#probe = probe;
  }

  /** Undefined when RabbitMQ is not installed. */
  static async start(proxyCount = 1): Promise<Broker | undefined> {
    const server = await startServer('rabbitmq');
    if (server === undefined) return undefined;
    const securedPort = Number(await readFile(join(dirname(server.log), 'secured-port'), 'utf8'));
    const proxies = await Promise.all(
      Array.from({ length: proxyCount }, () => TcpProxy.start({ port: server.port })),
    );
    return new Broker(server, securedPort, proxies, await QueueProbe.start(server));
  }

  get port(): number {
    return this.server.port;
  }

  /** Makes a durable queue, and returns its name. */
  async queue(options: Options.AssertQueue = {}): Promise<string> {
    const queue = `open-${randomUUID()}`;
    const channel = await this.#open();
    await channel.assertQueue(queue, { durable: true, ...options });
    return queue;
  }

  async deleteQueue(queue: string): Promise<void> {
    await (await this.#open()).deleteQueue(queue);
  }

  /** Publishes persistent messages in order, and waits for the broker. */
  async publish(
    queue: string,
    contents: readonly (string | Buffer)[],
    options: Options.Publish = {},
  ): Promise<void> {
    const channel = await this.#open();
    for (const content of contents)
      channel.sendToQueue(queue, Buffer.from(content), { persistent: true, ...options });
    await channel.waitForConfirms();
  }

  /** Publishes many messages. */
  async fill(queue: string, count: number, contentOf: (index: number) => string): Promise<void> {
    for (let sent = 0; sent < count; sent += MESSAGES_AT_ONCE) {
      const some = Math.min(MESSAGES_AT_ONCE, count - sent);
      await this.publish(
        queue,
        Array.from({ length: some }, (_, index) => contentOf(sent + index)),
      );
    }
  }

  /** Publishes `{ id }` for each id, or `undefined` for a message that is no JSON. Tries again while the broker is away. */
  async publishIds(queue: string, ids: readonly (number | undefined)[], more: object = {}): Promise<void> {
    const contents = ids.map((id) =>
      id === undefined ? '{"id": no number}' : JSON.stringify({ id, ...more }),
    );
    for (let tries = 1; ; tries += 1) {
      try {
        await this.publish(queue, contents);
        break;
      } catch (error) {
        if (tries === TRIES) throw error;
        this.#channel = undefined;
        await setTimeout(AGAIN_MS);
      }
    }
    this.#published.set(queue, [...(this.#published.get(queue) ?? []), ...ids]);
  }

  /**
   * The ids that the broker has forgotten, which are the acknowledged ones. Acknowledgements come in order, so the number of
   * messages that are left tells the ids, as long as every message was published once.
   */
  async acknowledged(queue: string): Promise<readonly number[]> {
    const published = this.#published.get(queue) ?? [];
    const left = await this.#probe.count(queue);
    const count = left < 0 ? (this.#acknowledged.get(queue) ?? 0) : Math.max(0, published.length - left);
    this.#acknowledged.set(queue, count);
    return published.slice(0, count).filter((id) => id !== undefined);
  }

  /** The number of messages of a queue, delivered ones included. */
  messages(queue: string): Promise<number> {
    return this.#probe.count(queue);
  }

  async stop(): Promise<void> {
    this.#probe.stop();
    await this.#model?.close().catch(() => undefined);
    for (const proxy of this.#all) await proxy.close();
    await this.server.stop();
  }

  #open(): Promise<ConfirmChannel> {
    if (this.#channel !== undefined) return this.#channel;
    const opening = this.#connect(() => this.#forget(opening));
    opening.catch(() => this.#forget(opening));
    this.#channel = opening;
    return opening;
  }

  #forget(channel: Promise<ConfirmChannel>): void {
    if (this.#channel === channel) this.#channel = undefined;
  }

  async #connect(onClose: () => void): Promise<ConfirmChannel> {
    await this.#model?.close().catch(() => undefined);
    const model = await connect({ hostname: '127.0.0.1', port: this.port });
    model.on('error', () => undefined);
    this.#model = model;
    const channel = await model.createConfirmChannel();
    channel.on('error', () => undefined);
    channel.on('close', onClose);
    return channel;
  }
}
