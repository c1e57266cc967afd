// `kafkaPartition` and `kafkaTopic` over a real broker: beginnings, gaps, transactions, and topics that are not as expected.
import { inspect } from 'node:util';
import { isMillraceError, NodeStorage, type Receiver, SystemClock } from '@millrace/core';
import { RecordingReceiverContext, untilTrue } from '@millrace/testing';
import { Producer } from '@platformatic/kafka';
import { describe, expect, onTestFinished } from 'vitest';
import { kafkaPartition, type KafkaPartitionInput, type KafkaPosition, kafkaTopic } from '../src/index.ts';
import type { Broker } from './broker.ts';
import { withKafka } from './with-kafka.ts';

const { itWithKafka } = withKafka();

interface Running {
  readonly context: RecordingReceiverContext;
  readonly receiver: Receiver<unknown>;
}

/** Starts a receiver without a proxy; ends with the test. */
async function running(
  broker: Broker,
  options: Omit<KafkaPartitionInput, 'partition'> & { readonly partition?: number },
  resumeFrom?: unknown,
): Promise<Running> {
  const context = new RecordingReceiverContext({
    clock: new SystemClock(),
    storage: new NodeStorage(),
    resumeFrom,
  });
  const receiver = kafkaPartition({
    host: '127.0.0.1',
    port: broker.kafka.port,
    partition: 0,
    ...options,
  }).create();
  await context.start(receiver);
  onTestFinished(() => context.end(receiver));
  return { context, receiver };
}

const values = (...all: readonly unknown[]) => all.map((value) => ({ value: JSON.stringify(value) }));
const stored = (count: number, { context }: Running) => untilTrue(() => context.records.length >= count);

describe('the beginning of a stream', () => {
  itWithKafka('is the oldest record, the next record, or a time', async (broker) => {
    const topic = await broker.topic();
    await broker.write(topic, values(0, 1, 2));
    await new Promise((resolve) => void setTimeout(resolve, 20));
    const timestampMs = Date.now();
    await broker.write(topic, values(3, 4));
    const earliest = await running(broker, { topic });
    const latest = await running(broker, { topic, from: 'latest' });
    const timed = await running(broker, { topic, from: { timestampMs } });
    const future = await running(broker, { topic, from: { timestampMs: Date.now() + 3_600_000 } });
    await broker.write(topic, values(5));
    await Promise.all([stored(6, earliest), stored(1, latest), stored(3, timed), stored(1, future)]);
    expect([earliest, latest, timed, future].map(({ context }) => context.records)).toEqual([
      [0, 1, 2, 3, 4, 5],
      [5],
      [3, 4, 5],
      [5],
    ]);
  });

  itWithKafka('is behind the last registered record, whatever from says', async (broker) => {
    const topic = await broker.topic();
    await broker.write(topic, values(0, 1, 2));
    const first = await running(broker, { topic });
    await stored(3, first);
    const position = structuredClone(first.context.unacknowledged[1]);
    const second = await running(broker, { topic, from: 'latest' }, position);
    await stored(1, second);
    expect(second.context.records).toEqual([2]);
  });

  itWithKafka('has gauges of the distance to the end', async (broker) => {
    const topic = await broker.topic();
    await broker.write(topic, values(0, 1, 2));
    const { context, receiver } = await running(broker, { topic });
    await untilTrue(() => context.records.length === 3);
    expect(receiver.gauges?.()).toEqual({ lagRecords: 0 });
  });
});

describe('a gap', () => {
  const gap = async (broker: Broker): Promise<{ topic: string; position: unknown }> => {
    const topic = await broker.topic();
    await broker.write(topic, values(0, 1, 2, 3));
    const before = await running(broker, { topic });
    await stored(4, before);
    const position = before.context.unacknowledged[0];
    await broker.removeBefore(topic, 3);
    return { topic, position };
  };

  itWithKafka('ends the receiver', async (broker) => {
    const { topic, position } = await gap(broker);
    const { context } = await running(broker, { topic }, position);
    await untilTrue(() => context.stops.length > 0);
    expect(context.stops[0]).toMatchObject({ error: { code: 'MR_KAFKA_GAP', details: { first: 3 } } });
    expect(context.records).toEqual([]);
  });

  itWithKafka(
    "is reported and passed with onGap: 'earliest', and begins a run of its own",
    async (broker) => {
      const { topic, position } = await gap(broker);
      const after = await running(broker, { topic, onGap: 'earliest' }, position);
      await stored(1, after);
      expect(after.context.records).toEqual([3]);
      expect(after.context.errors).toMatchObject([{ error: { code: 'MR_KAFKA_GAP' } }]);
      expect((after.context.unacknowledged[0] as KafkaPosition).run.first).toBe(3);
    },
  );

  itWithKafka('is also a topic that was made anew', async (broker) => {
    const topic = await broker.topic();
    await broker.write(topic, values('old'));
    const before = await running(broker, { topic });
    await stored(1, before);
    const [position] = before.context.unacknowledged;
    await before.context.end(before.receiver);
    await broker.deleteTopic(topic);
    await broker.createTopic(topic);
    await broker.write(topic, values('new'));
    const refused = await running(broker, { topic }, position);
    expect(refused.context.stops).toMatchObject([{ error: { code: 'MR_KAFKA_GAP' } }]);
    const accepted = await running(broker, { topic, onGap: 'earliest' }, position);
    await stored(1, accepted);
    expect(accepted.context.records).toEqual(['new']);
    const { readRange } = kafkaPartition({ host: '127.0.0.1', port: broker.kafka.port, topic, partition: 0 });
    const { signal } = new AbortController();
    const { clock, storage, log } = accepted.context;
    const pieces = readRange?.({ to: position }, { streamId: 0, signal, clock, storage, log });
    await expect(pieces?.[Symbol.asyncIterator]().next()).rejects.toMatchObject({
      code: 'MR_KAFKA_RANGE_LOST',
    });
  });
});

describe('a topic at the start', () => {
  itWithKafka('has to exist, with the partition', async (broker) => {
    const missing = await running(broker, { topic: 'nowhere' });
    const topic = await broker.topic(2);
    const outside = await running(broker, { topic, partition: 2 });
    for (const { context } of [missing, outside]) {
      const [{ error } = { error: undefined }] = context.restarts;
      expect(isMillraceError(error, 'MR_KAFKA_TOPIC_UNKNOWN') && error.disposition).toBe('stop-engine');
    }
  });

  itWithKafka('is made on request', async (broker) => {
    const topic = `${await broker.topic()}-made`;
    const receivers = await Promise.all([1, 2].map(() => running(broker, { topic, create: true })));
    expect(receivers.flatMap(({ context }) => context.restarts)).toEqual([]);
    await broker.write(topic, values(1));
    await Promise.all(receivers.map((receiver) => stored(1, receiver)));
  });

  itWithKafka('has to have the partitions of kafkaTopic', async (broker) => {
    const topic = await broker.topic(3);
    const options = { host: '127.0.0.1', port: broker.kafka.port, topic };
    const codesOf = async (partitions: number): Promise<readonly unknown[]> => {
      const codes: unknown[] = [];
      for (const { create } of kafkaTopic({ ...options, partitions })) {
        const context = new RecordingReceiverContext({ clock: new SystemClock() });
        const receiver = create();
        await context.start(receiver);
        codes.push(...context.restarts.map(({ error }) => isMillraceError(error) && error.code));
        await context.end(receiver);
      }
      return codes;
    };
    expect(await codesOf(3)).toEqual([]);
    expect(await codesOf(2)).toEqual(['MR_KAFKA_PARTITIONS_DIFFER', 'MR_KAFKA_PARTITIONS_DIFFER']);
  });

  itWithKafka('may be compacted only without ranges', async (broker) => {
    const topic = await broker.topic(1, { 'cleanup.policy': 'compact,delete' });
    const refused = await running(broker, { topic });
    expect(refused.context.restarts).toMatchObject([{ error: { code: 'MR_KAFKA_TOPIC_COMPACTED' } }]);
    await broker.write(topic, [{ key: 'k', value: '1' }, { key: 'k', value: null }]); // prettier-ignore
    const accepted = await running(broker, { topic, ranges: false });
    await stored(2, accepted);
    expect(accepted.context.records).toEqual([1, null]);
    expect(kafkaPartition({ host: 'h', topic, partition: 0, ranges: false }).readRange).toBeUndefined();
  });
});

describe('records', () => {
  itWithKafka(
    'of aborted transactions are left out, several of one producer in one answer too',
    async (broker) => {
      const topic = await broker.topic();
      const producer = new Producer({
        clientId: 'test',
        bootstrapBrokers: [broker.kafka.address],
        idempotent: true,
        transactionalId: `transactions-${topic}`,
        producerId: -1n,
        producerEpoch: -1,
        retries: 1_000,
        retryDelay: 5,
      });
      onTestFinished(() => producer.close());
      for (const [index, end] of ['abort', 'commit', 'abort', 'commit', 'abort'].entries()) {
        const transaction = await producer.beginTransaction({});
        for (const part of [0, 1]) {
          const value = Buffer.from(JSON.stringify(`${index} ${end} ${part}`));
          await transaction.send({ messages: [{ topic, partition: 0, value }] });
        }
        await (end === 'commit' ? transaction.commit() : transaction.abort());
      }
      await broker.write(topic, values('last'));
      const committed = await running(broker, { topic });
      const uncommitted = await running(broker, { topic, isolation: 'uncommitted' });
      await Promise.all([stored(5, committed), stored(11, uncommitted)]);
      expect(committed.context.records).toEqual([
        '1 commit 0',
        '1 commit 1',
        '3 commit 0',
        '3 commit 1',
        'last',
      ]);
      expect(uncommitted.context.records).toHaveLength(11);
    },
  );

  itWithKafka('come with key, headers, place and time on request', async (broker) => {
    const topic = await broker.topic(2);
    await broker.write(topic, [{ value: 'text', key: 'k', partition: 1 }]);
    const full = await running(broker, { topic, partition: 1, value: 'text', record: 'full' });
    await stored(1, full);
    expect(full.context.records).toEqual([
      {
        key: 'k',
        value: 'text',
        headers: [],
        topic,
        partition: 1,
        offset: 0,
        timestampMs: expect.any(Number),
      },
    ]);
  });

  itWithKafka('are read from compressed batches', async (broker) => {
    const topic = await broker.topic();
    const producer = new Producer({ clientId: 'test', bootstrapBrokers: [broker.kafka.address] });
    onTestFinished(() => producer.close());
    for (const compression of ['gzip', 'snappy', 'lz4', 'zstd'] as const) {
      const messages = [0, 1].map((part) => ({
        topic,
        partition: 0,
        value: Buffer.from(`"${compression} ${part}"`),
      }));
      await producer.send({ messages, compression, acks: -1 });
    }
    const all = await running(broker, { topic });
    await stored(8, all);
    expect(all.context.records.slice(0, 3)).toEqual(['gzip 0', 'gzip 1', 'snappy 0']);
  });
});

itWithKafka('a topic that is deleted while it is read leads to a restart with the reason', async (broker) => {
  const topic = await broker.topic();
  await broker.write(topic, values(0));
  const reading = await running(broker, { topic });
  await stored(1, reading);
  await broker.deleteTopic(topic);
  await untilTrue(() => reading.context.restarts.length > 0);
  expect(reading.context.restarts[0]?.message).toContain(topic);
});

describe('a connection with TLS and a password', () => {
  const PASSWORD = 'correct horse battery';
  const secured = (broker: Broker, topic: string, options: Partial<KafkaPartitionInput> = {}) =>
    running(broker, {
      topic,
      host: 'localhost',
      port: broker.kafka.securedPort,
      tls: { caFile: broker.kafka.certificate },
      username: 'ann',
      password: PASSWORD,
      ...options,
    });

  itWithKafka('reads, and has no secret in its description', async (broker) => {
    const topic = await broker.topic();
    await broker.write(topic, values(1));
    const reading = await secured(broker, topic);
    await stored(1, reading);
    const options = { host: 'localhost', topic, partition: 0, username: 'ann', password: PASSWORD, tls: {} };
    expect(kafkaPartition(options).description).toBe(`kafka ${topic}[0] at localhost:9092 (TLS)`);
  });

  const WRONG: readonly (readonly [string, Partial<KafkaPartitionInput>, string])[] = [
    ['a wrong password', { password: 'wrong horse battery' }, 'MR_KAFKA_DENIED'],
    ['another mechanism', { mechanism: 'PLAIN' }, 'MR_KAFKA_DENIED'],
    ['an untrusted certificate', { tls: {} }, 'MR_KAFKA_UNREACHABLE'],
    ['a missing file', { tls: { caFile: 'nowhere.pem' } }, 'MR_KAFKA_TLS_UNUSABLE'],
    ['a wrong name', { tls: { serverName: 'other', caFile: 'CERTIFICATE' } }, 'MR_KAFKA_UNREACHABLE'],
  ];
  for (const [what, options, code] of WRONG) {
    itWithKafka(`reports ${what}, and repeats no password`, async (broker) => {
      const topic = await broker.topic();
      const { tls } = options;
      const caFile = tls?.caFile === 'CERTIFICATE' ? broker.kafka.certificate : tls?.caFile;
      const { context } = await secured(broker, topic, {
        ...options,
        ...(tls === undefined ? {} : { tls: { ...tls, caFile } }),
      });
      expect(context.restarts).toMatchObject([{ error: { code } }]);
      const said = inspect([context.log.lines, context.restarts, context.errors], {
        depth: 10,
        maxStringLength: null,
        showHidden: true,
      });
      expect(said).not.toContain('horse');
    });
  }
});
