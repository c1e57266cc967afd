// The other side of tests: topics, producers and groups of a real broker, asked without a proxy.
import { randomUUID } from 'node:crypto';
import { type TcpProxy, untilTrue } from '@millrace/testing';
import { Admin, Consumer, type MessageToProduce, Producer } from '@platformatic/kafka';
import { Pool } from '../../../../tools/servers/pool.ts';
import { type RealKafka, startKafka } from '../../../../tools/servers/real-kafka.ts';

/** A message to write. */
export interface TestMessage {
  readonly value: string | Buffer | null;
  readonly key?: string;
  readonly partition?: number;
}

/** A batch is the smallest part that a broker gives to a reader. */
const BATCH_MESSAGES = 10;
/** On a busy machine a killed broker is away for half a minute. */
const RETRIES = 1_000;

/** A broker for tests. */
export class Broker {
  readonly kafka: RealKafka;
  /** The proxies, for runs side by side. */
  readonly proxies: Pool<TcpProxy>;
  readonly #admin: Admin;
  readonly #producer: Producer;
  readonly #consumer: Consumer;

  private constructor(kafka: RealKafka) {
    this.kafka = kafka;
    this.proxies = new Pool(kafka.proxies);
    const settings = {
      clientId: 'test',
      bootstrapBrokers: [kafka.address],
      retries: RETRIES,
      retryDelay: 100,
    };
    this.#admin = new Admin(settings);
    // A write that is tried again, while the broker is away, is written once.
    this.#producer = new Producer({ ...settings, idempotent: true });
    this.#consumer = new Consumer({ ...settings, groupId: 'test' });
    for (const client of [this.#admin, this.#producer, this.#consumer]) {
      client.on('error', () => undefined);
      client.connections.on('connecting', ({ connection }) => connection.on('error', () => undefined));
    }
  }

  /** Undefined when Kafka is not installed. */
  static async start(
    proxyCount = 1,
    env: Readonly<Record<string, string>> = {},
  ): Promise<Broker | undefined> {
    const kafka = await startKafka(proxyCount, env);
    return kafka === undefined ? undefined : new Broker(kafka);
  }

  /** Makes a topic, and returns its name. */
  async topic(partitions = 1, configs: Readonly<Record<string, string>> = {}): Promise<string> {
    const topic = `topic-${randomUUID()}`;
    await this.createTopic(topic, partitions, configs);
    return topic;
  }

  async createTopic(
    topic: string,
    partitions = 1,
    configs: Readonly<Record<string, string>> = {},
  ): Promise<void> {
    const entries = Object.entries(configs).map(([name, value]) => ({ name, value }));
    await this.#admin.createTopics({ topics: [topic], partitions, replicas: 1, configs: entries });
    // The broker answers before every partition has its leader; the client asks again.
    await this.#consumer.listOffsets({ topics: [topic] });
  }

  /** Gives a topic this number of partitions. */
  async addPartitions(topic: string, count: number): Promise<void> {
    await this.#admin.createPartitions({ topics: [{ name: topic, count, assignments: null }] });
    await untilTrue(async () => {
      const { topics } = await this.#consumer.metadata({ topics: [topic], forceUpdate: true });
      return topics.get(topic)?.partitionsCount === count;
    });
    await this.#consumer.listOffsets({ topics: [topic] });
  }

  async deleteTopic(topic: string): Promise<void> {
    await this.#admin.deleteTopics({ topics: [topic] });
  }

  /** Writes messages in order. */
  async write(topic: string, messages: readonly TestMessage[]): Promise<void> {
    for (let at = 0; at < messages.length; at += BATCH_MESSAGES) {
      const some = messages.slice(at, at + BATCH_MESSAGES);
      await this.#producer.send({ messages: some.map((message) => produced(topic, message)) });
    }
  }

  /** Writes messages as one batch for each partition. */
  async writeAtOnce(topic: string, messages: readonly TestMessage[]): Promise<void> {
    await this.#producer.send({ messages: messages.map((message) => produced(topic, message)) });
  }

  /** Removes the records before an offset, like retention. */
  async removeBefore(topic: string, offset: number, partition = 0): Promise<void> {
    await this.#admin.deleteRecords({
      topics: [{ name: topic, partitions: [{ partition, offset: BigInt(offset) }] }],
    });
  }

  /** The committed offset of each partition; -1 without one. */
  async committed(group: string, topic: string, partitions: number): Promise<readonly number[]> {
    const partitionIndexes = Array.from({ length: partitions }, (_, partition) => partition);
    const [found] = await this.#admin.listConsumerGroupOffsets({
      groups: [{ groupId: group, topics: [{ name: topic, partitionIndexes }] }],
    });
    const offsets = new Map(
      found?.topics[0]?.partitions.map(({ partitionIndex, committedOffset }) => [
        partitionIndex,
        Number(committedOffset),
      ]),
    );
    return partitionIndexes.map((partition) => offsets.get(partition) ?? -1);
  }

  async stop(): Promise<void> {
    await Promise.allSettled([this.#admin.close(), this.#producer.close(), this.#consumer.close()]);
    await this.kafka.stop();
  }
}

function produced(topic: string, { value, key, partition = 0 }: TestMessage): MessageToProduce {
  return {
    topic,
    partition,
    value: (value === null ? null : Buffer.from(value)) as Buffer,
    ...(key === undefined ? {} : { key: Buffer.from(key) }),
  };
}
