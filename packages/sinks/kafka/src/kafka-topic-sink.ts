// The sink itself: connects, looks at the topics, and hands every partition to its writer.
import { bootstrapBrokers, clientSettings, closeClient, guardErrors } from '@millrace/connection-kafka';
import {
  type Clock,
  coreError,
  NodeStorage,
  type Sink,
  type SinkCapabilities,
  type SinkWrite,
  SystemClock,
} from '@millrace/core';
import { Consumer } from '@platformatic/kafka';
import { kafkaFailure, unusableTls } from './connection/kafka-failure.ts';
import { ledgerFacts, targetFacts } from './connection/topic-facts.ts';
import type { KafkaSinkOptions } from './kafka-sink.options.ts';
import { TopicLedger } from './ledger/topic-ledger.ts';
import type { KafkaSinkMessage } from './messages/kafka-sink-message.ts';
import { MessageChunks, MessagesFailed } from './messages/message-chunks.ts';
import { partitionOfKey } from './messages/murmur2.ts';
import type { PartitionWriter } from './writing/partition-writer.ts';
import { PlainWriter } from './writing/plain-writer.ts';
import { TransactionalWriter } from './writing/transactional-writer.ts';

interface OpenCluster {
  /** Reads the ledger, and knows the topic. */
  readonly client: Consumer;
  readonly writer: PartitionWriter;
}

/** Writes partitions as messages of one topic. */
export class KafkaTopicSink<T> implements Sink<T> {
  readonly name = 'kafka';
  readonly capabilities: SinkCapabilities;
  readonly #options: KafkaSinkOptions;
  readonly #message: ((record: T) => KafkaSinkMessage) | undefined;
  readonly #clock: Clock = new SystemClock();
  #open: OpenCluster | undefined;
  #isClosed = false;

  constructor(options: KafkaSinkOptions, message: ((record: T) => KafkaSinkMessage) | undefined) {
    this.#options = options;
    this.#message = message;
    this.capabilities = Object.freeze({ delivery: options.delivery });
  }

  /**
   * Connects, looks at the topic, makes the missing ledger and, on request, the missing topic, and reads the ledger.
   *
   * @throws `MR_SINK_NOT_OPEN` after `close`, `MR_SINK_KAFKA_UNREACHABLE`, `_BUSY`, `_DENIED`, `_TLS_UNUSABLE`, `_TOPIC_UNKNOWN`,
   *   `_LEDGER`
   */
  async open(): Promise<void> {
    if (this.#isClosed) throw this.#notOpen();
    if (this.#open !== undefined) return;
    const { topic } = this.#options;
    const settings = await clientSettings(this.#options, { storage: new NodeStorage(), unusableTls });
    // The library requires a group; no group is joined.
    const client = new Consumer({ ...settings, groupId: 'millrace' });
    guardErrors(client);
    try {
      const deps = { settings, clock: this.#clock };
      await targetFacts(client, topic, { ...deps, isCreated: this.#options.create });
      const writerOptions = { ...this.#options, ...deps };
      const writer =
        this.#options.delivery === 'at-least-once'
          ? new PlainWriter(writerOptions)
          : new TransactionalWriter({ ...writerOptions, ledger: await this.#openLedger(client, settings) });
      this.#open = { client, writer };
    } catch (error) {
      await closeClient(client, this.#clock, () => client.close(true));
      throw kafkaFailure(error, { what: `open topic ${topic}`, options: this.#options });
    }
  }

  /**
   * Writes one partition, in one transaction unless the sink is `at-least-once`.
   *
   * @throws `MR_SINK_NOT_OPEN`, `MR_SINK_UNSUPPORTED_RECORD`, `MR_SINK_REPARTITIONED`, `MR_SINK_KAFKA_…`; committed readers see
   *   nothing of the write then.
   */
  async write(records: Iterable<T>, write: SinkWrite): Promise<void> {
    if (this.#open === undefined) throw this.#notOpen();
    const { client, writer } = this.#open;
    const { topic, value, requestBytes } = this.#options;
    try {
      const partitionCount = await partitionsOf(client, topic);
      const target = { topic, value, partitionCount, keyless: keylessPartition(write, partitionCount) };
      const chunks = new MessageChunks(records, { target, requestBytes, message: this.#message, write });
      try {
        await writer.write(chunks as MessageChunks<unknown>, write);
      } finally {
        chunks.end();
      }
    } catch (error) {
      if (error instanceof MessagesFailed) throw error.cause;
      const what = `write partition ${write.partition} to topic ${topic}`;
      throw kafkaFailure(error, { what, options: this.#options, details: { ...write } });
    }
  }

  /** Closes every connection. May be repeated. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const open = this.#open;
    this.#open = undefined;
    if (open === undefined) return;
    await open.writer.close();
    await closeClient(open.client, this.#clock, () => open.client.close(true));
  }

  async #openLedger(
    client: Consumer,
    settings: Parameters<typeof ledgerFacts>[2]['settings'],
  ): Promise<TopicLedger> {
    const { ledgerTopic, topic: target } = this.#options;
    client.topics.track(ledgerTopic);
    const { id } = await ledgerFacts(client, ledgerTopic, { settings, clock: this.#clock });
    const ledger = new TopicLedger({ client, clock: this.#clock, ledgerTopic, topicId: id, target });
    await ledger.readToEnd();
    return ledger;
  }

  #notOpen(): Error {
    const place = `${this.#options.topic} at ${bootstrapBrokers(this.#options)[0]}`;
    const message = `expected the sink of ${place} to be open; open the sink once before the first write, and make another after close`;
    return coreError('MR_SINK_NOT_OPEN', message, { details: { sink: this.name, place } });
  }
}

/** The number of partitions that the client knows; the client asks again from time to time. */
async function partitionsOf(client: Consumer, topic: string): Promise<number> {
  const { topics } = await client.metadata({ topics: [topic] });
  return topics.get(topic)?.partitionsCount ?? 1;
}

/** Messages without a key stay together, in the order of their records; the partitions take turns. */
function keylessPartition(
  { application, outputOperation, batchTime, partition }: SinkWrite,
  count: number,
): number {
  return partitionOfKey(
    Buffer.from(JSON.stringify([application, outputOperation, batchTime, partition])),
    count,
  );
}
