// The other side of tests: a real RabbitMQ behind a proxy, whose queues are read without the proxy and without taking messages.
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { TcpProxy } from '@millrace/testing';
import { type Channel, type ChannelModel, connect, type ConsumeMessage, type Options } from 'amqplib';
import { type RealServer, startServer } from '../../../../tools/servers/real-server.ts';

/** A broker for tests. */
export class Broker {
  readonly server: RealServer;
  /** The port with TLS; see `rabbitmq.sh`. */
  readonly securedPort: number;
  readonly proxy: TcpProxy;
  #model: ChannelModel | undefined;

  private constructor(server: RealServer, securedPort: number, proxy: TcpProxy) {
    this.server = server;
    this.securedPort = securedPort;
    this.proxy = proxy;
  }

  /** Undefined when RabbitMQ is not installed. */
  static async start(): Promise<Broker | undefined> {
    const server = await startServer('rabbitmq');
    if (server === undefined) return undefined;
    const securedPort = Number(await readFile(join(dirname(server.log), 'secured-port'), 'utf8'));
    return new Broker(server, securedPort, await TcpProxy.start({ port: server.port }));
  }

  /** The options of a sink through the proxy. */
  get place() {
    return { host: this.proxy.host, port: this.proxy.port };
  }

  /** Makes a durable queue, and returns its name. */
  async queue(options: Options.AssertQueue = {}): Promise<string> {
    const queue = `open-${randomUUID()}`;
    await this.act((channel) => channel.assertQueue(queue, { durable: true, ...options }));
    return queue;
  }

  /** Makes an exchange with a queue for one routing key; the exchange has the name of the queue. */
  async exchange(routingKey: string): Promise<string> {
    const queue = await this.queue();
    await this.act(async (channel) => {
      await channel.assertExchange(queue, 'direct', { durable: true });
      await channel.bindQueue(queue, queue, routingKey);
    });
    return queue;
  }

  deleteQueue(queue: string): Promise<unknown> {
    return this.act((channel) => channel.deleteQueue(queue));
  }

  /** The messages of a queue in order; they stay in the queue. */
  async messages(queue: string): Promise<readonly ConsumeMessage[]> {
    return await this.act(async (channel) => {
      const { messageCount } = await channel.checkQueue(queue);
      const found: ConsumeMessage[] = [];
      if (messageCount === 0) return found;
      const complete = Promise.withResolvers<void>();
      await channel.consume(queue, (message) => {
        if (message !== null) found.push(message);
        if (found.length >= messageCount) complete.resolve();
      });
      await complete.promise;
      return found;
    });
  }

  /** The values of a queue in order, each message once by its id. */
  async values(queue: string): Promise<readonly unknown[]> {
    const byId = new Map<unknown, unknown>();
    for (const { properties, content } of await this.messages(queue)) {
      const id: unknown = properties.messageId;
      if (!byId.has(id)) byId.set(id, JSON.parse(content.toString()));
    }
    return [...byId.values()];
  }

  /** Does something on a channel of its own; messages that were delivered there go back to their queues. */
  async act<R>(act: (channel: Channel) => Promise<R>): Promise<R> {
    if (this.#model === undefined) {
      this.#model = await connect({ hostname: '127.0.0.1', port: this.server.port });
      this.#model.on('error', () => undefined);
      this.#model.on('close', () => (this.#model = undefined));
    }
    const channel = await this.#model.createChannel();
    channel.on('error', () => undefined);
    try {
      return await act(channel);
    } finally {
      await channel.close();
    }
  }

  async stop(): Promise<void> {
    await this.#model?.close().catch(() => undefined);
    await this.proxy.close();
    await this.server.stop();
  }
}
