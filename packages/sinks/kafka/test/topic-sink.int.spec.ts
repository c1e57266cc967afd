// `kafkaSink` over a real broker: messages, topics, and transactions that somebody else has left open or takes over.
import { isMillraceError, type SinkWrite } from '@millrace/core';
import { compatibilityPartitioner, findErrorBy, Producer } from '@platformatic/kafka';
import { describe, expect, onTestFinished } from 'vitest';
import { writtenMessage } from '../src/ledger/ledger-entry.ts';
import type { Broker } from './broker.ts';
import { openSink, valuesOf, write } from './opened-sinks.ts';
import { withKafka } from './with-kafka.ts';

const { itWithKafka } = withKafka();

const NO_PRODUCER = { producerId: -1n, producerEpoch: -1 };

/** A producer of the client library; its retries as in the sink. */
function producerOf({ port }: Broker, transactionalId: string, timeout = 60_000): Producer {
  const bootstrapBrokers = [`127.0.0.1:${port}`];
  const retry = { retries: 100, retryDelay: 20, idempotent: true, timeout };
  const producer = new Producer({ clientId: 'test', bootstrapBrokers, transactionalId, ...retry });
  producer.on('error', () => undefined);
  onTestFinished(() => producer.close(true));
  return producer;
}

const idOf = (topic: string, { application, outputOperation, partition }: SinkWrite): string =>
  `millrace/${topic}/${application}/${outputOperation}/${partition}`;

/** A sink that dies in the middle of a write: its transaction stays open, with a message of the ledger and a record. */
async function dieWriting(broker: Broker, topic: string, of: SinkWrite): Promise<Producer> {
  const producer = producerOf(broker, idOf(topic, of));
  const transaction = await producer.beginTransaction(NO_PRODUCER);
  const { key, value } = writtenMessage(topic, of);
  const entry = { topic: `${topic}-ledger`, partition: 0, key, value: value as Buffer };
  await transaction.send({ messages: [entry, { topic, partition: 0, value: Buffer.from('"dead"') }] });
  return producer;
}

/** Within the hour that a broker allows. */
const TIME = Date.now() - 60_000;

describe('the messages of kafkaSink', () => {
  itWithKafka('have keys, values, headers, partitions and times as described', async (broker) => {
    const topic = await broker.topic(4);
    interface Order {
      readonly id: string;
      readonly total: number | null;
    }
    const sink = await openSink<Order>(broker, { topic }, ({ id, total }) => ({
      key: id,
      value: total === null ? null : { total },
      headers: { source: 'shop', raw: new Uint8Array([65, 66]) },
      timestampMs: TIME,
      partition: id === 'placed' ? 3 : undefined,
    }));
    const ids = ['a', 'b', 'ä', 'placed', 'a'];
    await sink.write(
      ids.map((id, total) => ({ id, total: id === 'b' ? null : total })),
      write(),
    );
    await broker.settled(topic);
    const messages = await broker.committed(topic);
    expect(messages).toHaveLength(5);
    expect(messages.filter(({ key }) => key === 'a').map(({ value }) => value)).toEqual(['{"total":0}', '{"total":4}']); // prettier-ignore
    expect(messages.find(({ key }) => key === 'b')?.value).toBeNull();
    for (const { key = '', partition, headers, timestampMs } of messages) {
      const ofKey = compatibilityPartitioner({ topic, value: Buffer.alloc(0) }, Buffer.from(key)) % 4;
      expect(partition).toBe(key === 'placed' ? 3 : ofKey);
      expect(headers).toEqual({ source: 'shop', raw: 'AB' });
      expect(timestampMs).toBe(TIME);
    }
  });

  itWithKafka('stay together without a key, and go to all partitions by and by', async (broker) => {
    const topic = await broker.topic(3);
    const sink = await openSink(broker, { topic, value: 'text' });
    for (let batch = 1; batch <= 20; batch += 1) await sink.write([`${batch} a`, `${batch} b`], write(batch));
    await broker.settled(topic);
    const messages = await broker.committed(topic);
    expect(messages).toHaveLength(40);
    const places = new Map<string, Set<number>>();
    for (const { value, partition } of messages) {
      const batch = String(value).split(' ')[0] ?? '';
      places.set(batch, (places.get(batch) ?? new Set()).add(partition));
    }
    expect([...places.values()].every((partitions) => partitions.size === 1)).toBe(true);
    expect(new Set(messages.map(({ partition }) => partition)).size).toBe(3);
  });

  itWithKafka('are bytes and compressed on request, also of several requests', async (broker) => {
    for (const compression of ['gzip', 'zstd'] as const) {
      const topic = await broker.topic();
      const sink = await openSink<Uint8Array>(broker, {
        topic,
        value: 'bytes',
        compression,
        requestBytes: 2_048,
      });
      const reused = Buffer.alloc(100);
      function* records(): Generator<Uint8Array> {
        for (let at = 0; at < 100; at += 1) yield reused.fill(String(at % 10));
      }
      await sink.write(records(), write());
      expect(await valuesOf(broker, topic)).toEqual(
        Array.from({ length: 100 }, (_, at) => String(at % 10).repeat(100)),
      );
    }
  });

  itWithKafka('are refused with the index of their record (SINK-14)', async (broker) => {
    const topic = await broker.topic(2);
    const refused: readonly (readonly [string, object, unknown, string])[] = [
      ['json', {}, { a: Number.NaN }, 'NaN'],
      ['json', {}, undefined, 'undefined'],
      ['text', { value: 'text' }, 5, 'expected text'],
      ['text', { value: 'text' }, '\ud800', 'lone surrogate'],
      ['bytes', { value: 'bytes' }, 'text', 'expected a Uint8Array'],
    ];
    for (const [, options, record, reason] of refused) {
      const sink = await openSink(broker, { topic, ...options });
      const good = 'value' in options && options.value === 'bytes' ? new Uint8Array(1) : 'good';
      await expect(sink.write([good, record], write())).rejects.toMatchObject({
        code: 'MR_SINK_UNSUPPORTED_RECORD',
        message: expect.stringContaining(reason),
        details: { index: 1 },
      });
    }
    const wrong: readonly object[] = [{ value: 1, partition: 2 }, { value: 1, key: 5 }, { value: 1, timestampMs: -1 }, { value: 1, headers: { a: 1 } }, null as unknown as object]; // prettier-ignore
    const sink = await openSink(broker, { topic }, (record) => record as never);
    for (const one of wrong) {
      await expect(sink.write([one], write())).rejects.toMatchObject({ code: 'MR_SINK_UNSUPPORTED_RECORD' });
    }
    expect(await valuesOf(broker, topic)).toEqual([]);
  });

  itWithKafka('fail the batch when they are larger than the topic accepts', async (broker) => {
    const topic = await broker.topic(1, { 'max.message.bytes': '5000' });
    const sink = await openSink(broker, { topic, requestBytes: 4_000 });
    await expect(sink.write(['good', 'x'.repeat(6_000)], write())).rejects.toMatchObject({
      code: 'MR_SINK_KAFKA_REFUSED',
      disposition: 'fail-batch',
    });
    expect(await valuesOf(broker, topic)).toEqual([]);
    await sink.write(['good'], write());
    expect(await valuesOf(broker, topic)).toEqual(['"good"']);
  });

  itWithKafka('fail the batch when the broker refuses their time or a missing key', async (broker) => {
    const topic = await broker.topic(1, { 'cleanup.policy': 'compact' });
    const future = Date.now() + 10 * 86_400_000;
    for (const message of [{ value: 1, key: 'a', timestampMs: future }, { value: 1 }]) {
      const sink = await openSink(broker, { topic }, () => message);
      await expect(sink.write([1], write())).rejects.toMatchObject({ code: 'MR_SINK_KAFKA_REFUSED' });
    }
    expect(await valuesOf(broker, topic)).toEqual([]);
  });
});

describe('the topics of kafkaSink', () => {
  itWithKafka('are made on request only', async (broker) => {
    const topic = `made-${crypto.randomUUID()}`;
    await expect(openSink(broker, { topic })).rejects.toMatchObject({ code: 'MR_SINK_KAFKA_TOPIC_UNKNOWN' });
    const sink = await openSink(broker, { topic, create: true });
    await sink.write(['a'], write());
    expect(await valuesOf(broker, topic)).toEqual(['"a"']);
  });

  itWithKafka('are refused as a ledger that forgets or is no ledger', async (broker) => {
    const topic = await broker.topic();
    const compact = { 'cleanup.policy': 'compact' };
    const wrong = [
      await broker.topic(2, compact),
      await broker.topic(1),
      await broker.topic(1, { 'cleanup.policy': 'compact,delete' }),
    ];
    for (const ledgerTopic of wrong) {
      await expect(openSink(broker, { topic, ledgerTopic })).rejects.toMatchObject({
        code: 'MR_SINK_KAFKA_LEDGER',
        disposition: 'stop-engine',
      });
    }
    // Somebody else's messages.
    const ledgerTopic = await broker.topic(1, compact);
    const other = await openSink(broker, { topic: ledgerTopic }, () => ({ key: 'k', value: 1 }));
    await other.write([1], write());
    await broker.settled(ledgerTopic);
    await expect(openSink(broker, { topic, ledgerTopic })).rejects.toMatchObject({
      code: 'MR_SINK_KAFKA_LEDGER',
    });
  });

  itWithKafka('refuse transactions that are longer than the cluster allows', async (broker) => {
    const topic = await broker.topic();
    const sink = await openSink(broker, { topic, transactionTimeoutMs: 3_600_000 });
    await expect(sink.write(['a'], write())).rejects.toMatchObject({
      code: 'MR_SINK_KAFKA_FAILED',
      details: { kafkaError: 'INVALID_TRANSACTION_TIMEOUT' },
    });
  });

  itWithKafka('may lose no part of the ledger while the sink runs', async (broker) => {
    const topic = await broker.topic();
    const sink = await openSink(broker, { topic });
    const other = await openSink(broker, { topic });
    await sink.write(['a'], write(1_000));
    for (const batch of [2_000, 3_000]) await other.write(['b'], write(batch));
    await broker.settled(`${topic}-ledger`);
    await broker.removeBefore(`${topic}-ledger`, 6);
    await expect(sink.write(['c'], write(4_000))).rejects.toMatchObject({ code: 'MR_SINK_KAFKA_LEDGER' });
  });
});

describe('transactions of other writers', () => {
  itWithKafka('of a dead predecessor are aborted before the decision (SINK-15)', async (broker) => {
    const topic = await broker.topic();
    const sink = await openSink(broker, { topic });
    const zombie = await dieWriting(broker, topic, write());
    await sink.write(['alive'], write());
    expect(await valuesOf(broker, topic)).toEqual(['"alive"']);
    // The zombie wakes up.
    const commit = zombie.transaction?.commit();
    await expect(commit).rejects.toThrow(/EndTxn/);
    expect(await valuesOf(broker, topic)).toEqual(['"alive"']);
  });

  itWithKafka('of a partition that no longer exists are aborted too (SINK-17)', async (broker) => {
    const topic = await broker.topic();
    const sink = await openSink(broker, { topic });
    const zombie = await dieWriting(broker, topic, write(1_000, 3, 4));
    await sink.write(['alive'], write(1_000, 0, 2));
    expect(await valuesOf(broker, topic)).toEqual(['"alive"']);
    await expect(zombie.transaction?.commit()).rejects.toThrow(/EndTxn/);
    expect(await valuesOf(broker, topic)).toEqual(['"alive"']);
  });

  itWithKafka('of other partitions of the batch go on', async (broker) => {
    const topic = await broker.topic();
    const sink = await openSink(broker, { topic });
    const other = await dieWriting(broker, topic, write(1_000, 1, 2));
    await sink.write(['alive'], write(1_000, 0, 2));
    await other.transaction?.commit();
    expect(new Set(await valuesOf(broker, topic))).toEqual(new Set(['"dead"', '"alive"']));
  });

  itWithKafka(
    'of a sink are shut out by its successor; the sink comes back at the next write',
    async (broker) => {
      const topic = await broker.topic();
      const sinks = [await openSink(broker, { topic }), await openSink(broker, { topic })];
      for (let batch = 1; batch <= 6; batch += 1) {
        const record = String(batch);
        await sinks[batch % 2]?.write([record], write(batch));
        await sinks[(batch + 1) % 2]?.write([record], write(batch));
      }
      expect(await valuesOf(broker, topic)).toEqual(['"1"', '"2"', '"3"', '"4"', '"5"', '"6"']);
    },
  );

  itWithKafka('in the middle of a large write end that write, and nothing is there twice', async (broker) => {
    const topic = await broker.topic();
    const [slow, fast] = [
      await openSink(broker, { topic, requestBytes: 1_024 }),
      await openSink(broker, { topic }),
    ];
    const records = Array.from({ length: 2_000 }, (_, id) => ({ id, text: 'x'.repeat(50) }));
    const writes = await Promise.allSettled([slow.write(records, write()), fast.write(records, write())]);
    for (const one of writes) {
      if (one.status === 'rejected') expect(isMillraceError(one.reason, 'MR_SINK_KAFKA_FENCED')).toBe(true);
    }
    await slow.write(records, write());
    expect(await valuesOf(broker, topic)).toEqual(records.map((record) => JSON.stringify(record)));
  });

  // The client library sends producer id 0 instead of none. A sink that relies on the default never takes over.
  itWithKafka(
    'are taken over by a producer with the id -1 only, in this version of the client',
    async (broker) => {
      const topic = await broker.topic();
      const first = await producerOf(broker, topic).beginTransaction(NO_PRODUCER);
      await first.send({ messages: [{ topic, partition: 0, value: Buffer.from('first') }] });
      await first.commit();
      await expect(producerOf(broker, topic).beginTransaction()).rejects.toSatisfy(
        (error) => findErrorBy(error as Error, 'apiId', 'PRODUCER_FENCED') !== null,
      );
      const second = await producerOf(broker, topic).beginTransaction(NO_PRODUCER);
      await second.send({ messages: [{ topic, partition: 0, value: Buffer.from('second') }] });
      await second.commit();
      expect(await valuesOf(broker, topic)).toEqual(['first', 'second']);
    },
  );
});
