// The ledger of `kafkaSink` over a real broker: tombstones of old batches, and a compacted topic.
import { untilTrue } from '@millrace/testing';
import { describe, expect } from 'vitest';
import type { Broker } from './broker.ts';
import { openSink, valuesOf, write } from './opened-sinks.ts';
import { withKafka } from './with-kafka.ts';

const { itWithKafka } = withKafka();

const BATCHES = 130;
const KEPT = 10;

/** The newest value of each key of a ledger, without tombstones: what compaction leaves. */
async function live(broker: Broker, ledger: string): Promise<ReadonlyMap<string, string>> {
  await broker.settled(ledger);
  const found = new Map<string, string>();
  for (const { key = '', value } of await broker.committed(ledger)) {
    if (value === null) found.delete(key);
    else found.set(key, value);
  }
  return found;
}

describe('the ledger', () => {
  itWithKafka(
    'removes old batches, and refuses them then',
    async (broker) => {
      const topic = await broker.topic();
      const sink = await openSink(broker, { topic, ledgerBatches: KEPT });
      for (let batch = 1; batch <= BATCHES; batch += 1) {
        // From five partitions to two: the partitions that are left remove the messages of the others.
        const partitions = batch <= 20 ? 5 : 2;
        for (let partition = 0; partition < partitions; partition += 1) {
          await sink.write([`${batch}/${partition}`], write(batch, partition, partitions));
        }
      }
      const keys = [...(await live(broker, `${topic}-ledger`)).keys()].map(
        (key) => JSON.parse(key) as unknown[],
      );
      const times = keys.map(([, , , , batch]) => batch).filter((batch) => typeof batch === 'number');
      // One search in 64 writes.
      expect(times.length).toBeLessThan((KEPT + 64 + 1) * 2);
      expect(Math.min(...times)).toBeGreaterThan(BATCHES - KEPT - 65);
      const successor = await openSink(broker, { topic, ledgerBatches: KEPT });
      for (const one of [sink, successor]) {
        await expect(one.write(['again'], write(20, 4, 5))).rejects.toMatchObject({
          code: 'MR_SINK_KAFKA_FORGOTTEN',
          disposition: 'fail-batch',
        });
        for (let batch = BATCHES - KEPT + 1; batch <= BATCHES; batch += 1) {
          for (const partition of [0, 1]) await one.write(['again'], write(batch, partition, 2));
        }
      }
      expect(await valuesOf(broker, topic)).not.toContain('"again"');
    },
    90_000,
  );

  itWithKafka(
    'holds after compaction',
    async (broker) => {
      const topic = await broker.topic();
      const ledgerTopic = await broker.topic(1, {
        'cleanup.policy': 'compact',
        // Segments of a kilobyte or a tenth of a second, cleaned at once.
        'segment.ms': '100',
        'min.cleanable.dirty.ratio': '0.001',
        'delete.retention.ms': '0',
        'max.compaction.lag.ms': '100',
      });
      const options = { topic, ledgerTopic, ledgerBatches: KEPT };
      const sink = await openSink(broker, options);
      for (let batch = 1; batch <= BATCHES; batch += 1) await sink.write([String(batch)], write(batch));
      await broker.settled(ledgerTopic);
      let more = BATCHES;
      // A new segment begins with a message.
      await untilTrue(async () => {
        more += 1;
        await sink.write([String(more)], write(more));
        const [first] = await broker.committed(ledgerTopic);
        return first !== undefined && first.offset > BATCHES;
      });
      const successor = await openSink(broker, options);
      await expect(successor.write(['again'], write(1))).rejects.toMatchObject({
        code: 'MR_SINK_KAFKA_FORGOTTEN',
      });
      for (let batch = more - KEPT + 1; batch <= more; batch += 1)
        await successor.write(['again'], write(batch));
      await successor.write(['new'], write(more + 1));
      const values = await valuesOf(broker, topic);
      expect(values).toHaveLength(more + 1);
      expect(values).not.toContain('"again"');
    },
    120_000,
  );
});
