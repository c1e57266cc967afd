import { ManualClock } from '@millrace/core';
import type { Consumer, KafkaRecord, RecordsBatch } from '@platformatic/kafka';
import { describe, expect, it } from 'vitest';
import { batch } from '../../test/batches.ts';
import { writtenMessage } from './ledger-entry.ts';
import { TopicLedger } from './topic-ledger.ts';

const write = (partition: number, partitions: number, batchTime = 1_000) => ({
  application: 'a',
  outputOperation: 0,
  batchTime,
  partition,
  partitions,
});

/** A ledger over these batches; every answer has one batch. */
function ledgerOf(batches: readonly RecordsBatch[]): TopicLedger {
  const endOf = ({ firstOffset, lastOffsetDelta }: RecordsBatch) =>
    firstOffset + BigInt(lastOffsetDelta) + 1n;
  const client = {
    listOffsets: async () => new Map([['ledger', [0n]]]),
    fetch: async ({ topics }: { topics: { partitions: { fetchOffset: bigint }[] }[] }) => {
      const from = topics[0]?.partitions[0]?.fetchOffset ?? 0n;
      const next = batches.find((one) => endOf(one) > from);
      const partition = {
        records: next === undefined ? [] : [next],
        highWatermark: endOf(batches.at(-1) as RecordsBatch),
      };
      return { responses: [{ partitions: [partition] }] };
    },
  } as unknown as Consumer;
  const place = { ledgerTopic: 'ledger', topicId: 'id', target: 't' };
  return new TopicLedger({ client, clock: new ManualClock(), ...place });
}

/** A batch with the messages of these writes. */
function written(at: number, producer: number, ...writes: readonly ReturnType<typeof write>[]): RecordsBatch {
  const empty = batch({ at, producer, values: writes.map(() => '') });
  const records = empty.records.map((record, index): KafkaRecord => ({
    ...record,
    ...writtenMessage('t', writes[index] ?? write(0, 1)),
  }));
  return { ...empty, records };
}

describe('TopicLedger', () => {
  it('reads answer by answer up to the end, and from there on', async () => {
    const batches = [written(0, 7, write(0, 2)), batch({ at: 1, producer: 7, values: 'commit' })];
    const ledger = ledgerOf(batches);
    await ledger.readToEnd();
    expect([ledger.has(write(0, 2)), ledger.has(write(1, 2)), ledger.partitionsOf(write(1, 3))]).toEqual([true, false, 2]); // prettier-ignore
    batches.push(written(2, 8, write(1, 2)), batch({ at: 3, producer: 8, values: 'commit' }));
    await ledger.readThrough(3);
    expect(ledger.has(write(1, 2))).toBe(true);
  });

  it('names undecided writes that cannot stand beside a write', async () => {
    const ledger = ledgerOf([
      written(0, 7, write(3, 4)),
      written(1, 8, write(1, 2)),
      written(2, 9, write(5, 8, 2_000)),
      written(3, 10, write(0, 2)),
      written(4, 11, write(2, 4)),
    ]);
    await ledger.readToEnd();
    // Partition 3 of 4; not partition 1 of 2, not another batch, not the write itself and what is behind.
    expect(ledger.rivals(write(0, 2), 3)).toEqual([3]);
    expect(ledger.rivals(write(0, 2), 5).toSorted()).toEqual([0, 2, 3]);
  });

  it('gives up a message that is gone', async () => {
    const ledger = ledgerOf([written(0, 7, write(0, 1))]);
    await expect(ledger.readThrough(5)).rejects.toMatchObject({ code: 'MR_SINK_KAFKA_LEDGER' });
  });
});
