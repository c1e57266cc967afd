// Values that are not data, on executors with a memory of their own. A received value of this kind is left out; a value
// made by a function of the program fails its batch at once, with a named reason.
import type { BatchInfo, LeftOutRecordsInfo, SerializedError } from '@millrace/core';
import { settle } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import { HandSource } from './sources.ts';
import { type Program, VirtualCluster } from './virtual-cluster.ts';

class Money {
  readonly amount = 1;
}

/** Runs a program whose receiver stores these records, on two executors, for some batches. */
async function run(
  records: readonly unknown[],
  program: (source: HandSource, seen: unknown[]) => Program,
  hasLog = false,
) {
  const source = new HandSource();
  const seen: unknown[] = [];
  const cluster = new VirtualCluster(program(source, seen), {
    hasLog,
    context: { batches: { onBatchFailure: 'skip' } },
  });
  const leftOut: LeftOutRecordsInfo[] = [];
  const failed: BatchInfo[] = [];
  cluster.ssc.on('records:left-out', (event) => void leftOut.push(event.leftOut));
  cluster.ssc.on('batch:completed', ({ batch }) => void (batch.outcome === 'skipped' && failed.push(batch)));
  await cluster.start();
  await settle();
  for (const [index, record] of records.entries()) source.current.store(record as string, index);
  await cluster.clock.advance(4_000);
  const report = await cluster.ssc.stop();
  return { seen, leftOut, failed, report, source };
}

function innermostCode({ cause, code }: SerializedError): string | undefined {
  return cause === undefined ? code : innermostCode(cause);
}

const collected =
  (source: HandSource, seen: unknown[]): Program =>
  (ssc) =>
    ssc.receiverStream(source.receiver()).foreachRDD(async (rdd) => void seen.push(...(await rdd.collect())));

describe.each([false, true])('a record that is not data, with a log: %s', (hasLog) => {
  it('is left out, reported and acknowledged, and the other records are processed', async () => {
    const { seen, leftOut, source, report } = await run(
      ['a', new Money(), 'cut \ud83d', 'b'],
      collected,
      hasLog,
    );
    expect(seen).toEqual(['a', 'b']);
    expect(leftOut.map(({ recordCount, totalCount, reason }) => [recordCount, totalCount, reason])).toEqual([
      [2, 2, 'record is an instance of Money'],
    ]);
    expect(source.acknowledged).toEqual([0, 1, 2, 3]);
    expect(source.contexts).toHaveLength(1);
    expect(report.isClean).toBe(true);
  });
});

describe('a value made by a function that is not data', () => {
  it.each<[string, (source: HandSource, seen: unknown[]) => Program]>([
    ['in a shuffle', (source, seen) => (ssc) =>
      ssc.receiverStream(source.receiver()).map((word): [string, unknown] => [word, new Money()]).groupByKey()
        .foreachRDD(async (rdd) => void seen.push(await rdd.count()))],
    ['as an answer', (source, seen) => (ssc) =>
      ssc.receiverStream(source.receiver()).map(() => new Money()).foreachRDD(async (rdd) => void seen.push(...(await rdd.collect())))],
    ['as state', (source, seen) => (ssc) =>
      ssc.receiverStream(source.receiver()).map((word): [string, string] => [word, word])
        .mapWithState<string, string, unknown, string>((key, _, state) => { state.update(new Money()); return key; })
        .foreachRDD(async (rdd) => void seen.push(...(await rdd.collect())))],
  ])('fails its batch at once: %s', async (_where, program) => {
    const { seen, failed } = await run(['a', 'b'], program);
    expect(seen.filter((one) => one !== 0)).toEqual([]);
    expect(failed).toHaveLength(1);
    const [operation] = failed[0]?.outputOperations ?? [];
    expect(operation?.attempts).toBe(1);
    expect(['MR_RDD_VALUE_UNSUPPORTED', 'MR_STATE_VALUE_UNSUPPORTED', 'MR_CODEC_UNSUPPORTED_VALUE']).toContain(
      innermostCode(operation?.failure as SerializedError),
    );
  }); // prettier-ignore
});
