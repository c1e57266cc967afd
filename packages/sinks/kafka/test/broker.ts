// The other side of tests: topics and readers of a real broker, asked without a proxy, and a proxy in front of the broker.
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { BreakingProxy, freePort } from '@millrace/testing';
import {
  Admin,
  ConfigResourceTypes,
  Consumer,
  IncrementalAlterConfigOperationTypes,
  FetchIsolationLevels,
  type KafkaRecord,
} from '@platformatic/kafka';
import { Pool } from '../../../../tools/servers/pool.ts';
import { type RealServer, startServer } from '../../../../tools/servers/real-server.ts';

/** A message as a reader sees the message. */
export interface ReadMessage {
  readonly partition: number;
  readonly offset: number;
  readonly key: string | undefined;
  /** Null: a tombstone. */
  readonly value: string | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly timestampMs: number;
}

const SETTINGS = { clientId: 'test', retries: 50, retryDelay: 100 } as const;
const ANSWER_BYTES = 16_777_216;
const IS_TRANSACTIONAL = 1 << 4;
const IS_CONTROL = 1 << 5;
const LOOK_AGAIN_MS = 10;
const EARLIEST = -2n;
const LATEST = -1n;

/** A broker for tests. */
export class Broker {
  readonly server: RealServer;
  /** The first proxy. */
  readonly proxy: BreakingProxy;
  /** For runs side by side, each with a proxy of its own. */
  readonly proxies: Pool<BreakingProxy>;
  /** The port of `localhost` with TLS and authentication. */
  readonly securedPort: number;
  /** The PEM file with the certificate of this port. */
  readonly certificate = fileURLToPath(
    new URL('../../../../tools/servers/kafka/localhost.pem', import.meta.url),
  );
  readonly #allProxies: readonly BreakingProxy[];
  readonly #admin: Admin;
  readonly #consumer: Consumer;

  private constructor(server: RealServer, proxies: readonly BreakingProxy[], securedPort: number) {
    const [proxy] = proxies;
    if (proxy === undefined) throw new Error('expected at least one proxy');
    this.server = server;
    this.proxy = proxy;
    this.proxies = new Pool(proxies);
    this.#allProxies = proxies;
    this.securedPort = securedPort;
    const settings = { ...SETTINGS, bootstrapBrokers: [`127.0.0.1:${server.port}`] };
    this.#admin = new Admin(settings);
    this.#consumer = new Consumer({ ...settings, groupId: 'test' });
    for (const client of [this.#admin, this.#consumer]) {
      client.on('error', () => undefined);
      client.connections.on('connecting', ({ connection }) => connection.on('error', () => undefined));
    }
  }

  /** Undefined when Kafka is not installed. */
  static async start(proxyCount = 1): Promise<Broker | undefined> {
    const ports = await Promise.all(Array.from({ length: proxyCount }, freePort));
    const proxies = await Promise.all(ports.map((port) => BreakingProxy.start(port)));
    const listeners = proxies.map((proxy, index) => `${proxy.port}:${ports[index]}`);
    const server = await startServer('kafka', { PROXIES: listeners.join(' ') });
    if (server === undefined) {
      await Promise.all(proxies.map((proxy) => proxy.close()));
      return undefined;
    }
    const securedPort = await readFile(join(dirname(server.log), 'secured-port'), 'utf8');
    return new Broker(server, proxies, Number(securedPort));
  }

  get port(): number {
    return this.server.port;
  }

  /** Makes a topic, and returns its name. */
  async topic(partitions = 1, configs: Readonly<Record<string, string>> = {}): Promise<string> {
    const topic = `topic-${randomUUID()}`;
    const entries = Object.entries(configs).map(([name, value]) => ({ name, value }));
    await this.#admin.createTopics({ topics: [topic], partitions, replicas: 1, configs: entries });
    // The broker answers before every partition has its leader; the client asks again.
    await this.#consumer.listOffsets({ topics: [topic] });
    return topic;
  }

  /** Removes the records of a compacted topic before an offset. */
  async removeBefore(topic: string, offset: number): Promise<void> {
    const policy = {
      name: 'cleanup.policy',
      value: 'delete',
      configOperation: IncrementalAlterConfigOperationTypes.SET,
    };
    const resource = { resourceType: ConfigResourceTypes.TOPIC, resourceName: topic, configs: [policy] };
    await this.#admin.incrementalAlterConfigs({ resources: [resource] });
    const partitions = [{ partition: 0, offset: BigInt(offset) }];
    await this.#admin.deleteRecords({ topics: [{ name: topic, partitions }] });
  }

  /**
   * Waits until every transaction of a topic has ended, at most for this time: a broker answers a commit before the markers of
   * the transaction are written.
   */
  async settled(topic: string, limitMs = 10_000): Promise<void> {
    const endsOf = async (isolationLevel: number) =>
      String((await this.#consumer.listOffsets({ topics: [topic], timestamp: LATEST, isolationLevel })).get(topic)); // prettier-ignore
    for (let waited = 0; waited < limitMs; waited += LOOK_AGAIN_MS) {
      const [end, committedEnd] = [
        await endsOf(FetchIsolationLevels.READ_UNCOMMITTED),
        await endsOf(FetchIsolationLevels.READ_COMMITTED),
      ];
      if (end === committedEnd) return;
      await setTimeout(LOOK_AGAIN_MS);
    }
  }

  /** The offset behind the last message of partition 0, for committed readers; markers count. */
  async end(topic: string): Promise<number> {
    const isolationLevel = FetchIsolationLevels.READ_COMMITTED;
    const ends = await this.#consumer.listOffsets({ topics: [topic], timestamp: LATEST, isolationLevel });
    return Number(ends.get(topic)?.[0]);
  }

  /** All messages that readers of committed messages see, partition by partition. */
  async committed(topic: string): Promise<readonly ReadMessage[]> {
    const { topics } = await this.#consumer.metadata({ topics: [topic], forceUpdate: true });
    const facts = topics.get(topic);
    if (facts === undefined) throw new Error(`the topic ${topic} is missing`);
    const found: ReadMessage[] = [];
    for (let partition = 0; partition < facts.partitionsCount; partition += 1) {
      found.push(...(await this.#committedOf(topic, facts.id, partition))); // bounded: the messages of a test
    }
    return found;
  }

  async stop(): Promise<void> {
    await Promise.allSettled([this.#admin.close(), this.#consumer.close()]);
    await Promise.all(this.#allProxies.map((proxy) => proxy.close()));
    await this.server.stop();
  }

  async #committedOf(topic: string, topicId: string, partition: number): Promise<readonly ReadMessage[]> {
    const offsets = { topics: [topic], partitions: { [topic]: [partition] } };
    const first = await this.#consumer.listOffsets({ ...offsets, timestamp: EARLIEST });
    const last = await this.#consumer.listOffsets({
      ...offsets,
      timestamp: LATEST,
      isolationLevel: FetchIsolationLevels.READ_COMMITTED,
    });
    let next = Number(first.get(topic)?.[partition]);
    const end = Number(last.get(topic)?.[partition]);
    const found: ReadMessage[] = [];
    // A reader of its own: sessions of fetches leave out what they have told.
    const consumer = new Consumer({
      ...SETTINGS,
      bootstrapBrokers: [`127.0.0.1:${this.port}`],
      groupId: 'test',
    });
    consumer.topics.track(topic);
    await consumer.metadata({ topics: [topic] });
    while (next < end) {
      const { responses } = await consumer.fetch({
        node: -1,
        topics: [{ topicId, partitions: [{ partition, fetchOffset: BigInt(next), currentLeaderEpoch: -1, lastFetchedEpoch: -1, partitionMaxBytes: ANSWER_BYTES }] }], // prettier-ignore
        isolationLevel: FetchIsolationLevels.READ_COMMITTED,
        maxBytes: ANSWER_BYTES,
        minBytes: 1,
        maxWaitTime: 500,
      });
      const answer = responses[0]?.partitions[0];
      const aborted = [...(answer?.abortedTransactions ?? [])].toSorted((a, b) => Number(a.firstOffset - b.firstOffset)); // prettier-ignore
      const open = new Set<bigint>();
      for (const batch of answer?.records ?? []) {
        const lastOffset = batch.firstOffset + BigInt(batch.lastOffsetDelta);
        while (aborted[0] !== undefined && aborted[0].firstOffset <= lastOffset) open.add((aborted.shift() as { producerId: bigint }).producerId); // prettier-ignore
        const isControl = (batch.attributes & IS_CONTROL) !== 0;
        if (isControl) open.delete(batch.producerId);
        const isAborted = (batch.attributes & IS_TRANSACTIONAL) !== 0 && open.has(batch.producerId);
        for (const record of isControl || isAborted ? [] : batch.records) {
          const offset = Number(batch.firstOffset) + record.offsetDelta;
          const timestampMs = Number(batch.firstTimestamp + record.timestampDelta);
          if (offset >= next) found.push(readMessage(record, { partition, offset, timestampMs })); // bounded: as above
        }
        next = Math.max(next, Number(lastOffset) + 1);
      }
    }
    await consumer.close(true);
    return found;
  }
}

function readMessage(
  { key, value, headers }: KafkaRecord,
  place: Pick<ReadMessage, 'partition' | 'offset' | 'timestampMs'>,
): ReadMessage {
  const texts = headers.map(([name, text]) => [String(name), String(text)] as const);
  return {
    ...place,
    key: key === null ? undefined : key.toString(),
    value: value === null ? null : value.toString(),
    headers: Object.fromEntries(texts),
  };
}
