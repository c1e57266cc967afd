// Repartitions of records whose order changes when a task is repeated: every record stays in its partition.
import { settle } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import { RddCluster } from '../../test/rdd-cluster.ts';
import type { RecordErrorRule } from '../record-errors/record-error-rule.ts';
import type { RDD } from './rdd.ts';
import { ScatteringWriter } from './scattering-writer.ts';
import { slidingAggregates } from './sliding-aggregates.ts';

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);
const same = async (record: number) => record;

describe('the order of records', () => {
  const { environment } = new RddCluster();
  const rdd = environment.parallelize(numbers(10), 2);
  const unordered = rdd.mapAsync(same, { ordered: false });
  const pairs = (of: RDD<number>) => of.map((n): [number, number] => [n, n]);

  it('is certain for ready records, steps, ordered calls, and shuffles of these', () => {
    const ordered = rdd.mapAsync(same).map((n) => n);
    const all = [rdd, ordered, ordered.union(rdd), rdd.coalesce(1), rdd.repartition(3)];
    expect([...all, pairs(rdd).groupByKey()].map(({ hasCertainOrder }) => hasCertainOrder)).toEqual(
      [...all, 1].map(() => true),
    );
  });

  it('is not certain for calls without order, and for everything behind these', () => {
    const behind = [unordered, unordered.map((n) => n), rdd.union(unordered), unordered.coalesce(1)];
    expect([...behind, pairs(unordered).groupByKey()].map(({ hasCertainOrder }) => hasCertainOrder)).toEqual(
      [...behind, 1].map(() => false),
    );
  });

  it('is not certain for calls whose records may be left out: a call may succeed when it is repeated', () => {
    const rule = { reaction: 'skip', definedAt: 'here' } as unknown as RecordErrorRule;
    const leaving = environment.scope('leaving', () => rdd.mapAsync(same), rule);
    expect(leaving.hasCertainOrder).toBe(false);
  });

  it('is not certain for windows that may come from another memory', () => {
    const batch = pairs(rdd).partitionBy(2);
    const window = slidingAggregates({
      environment,
      partitions: 2,
      leaving: [],
      entering: [batch],
      fn: (a, b) => a + b,
      inverse: (a, b) => a - b,
      keepsAbsent: false,
    });
    expect(window.hasCertainOrder).toBe(false);
  });
});

describe('a repartition of records in no certain order', () => {
  it('has the same records in each partition when its tasks are repeated in another order', async () => {
    const cluster = new RddCluster();
    const open = new Map<number, (record: number) => void>();
    const call = (record: number) => new Promise<number>((resolve) => open.set(record, resolve));
    const dealt = cluster.environment
      .parallelize(numbers(12), 1)
      .mapAsync(call, { concurrency: 12, ordered: false })
      .repartition(3);
    const collected = async (order: readonly number[]) => {
      const collecting = dealt.glom().collect();
      await settle();
      for (const record of order) {
        open.get(record)?.(record);
        await settle();
      }
      return (await collecting).map((records) => records.toSorted((a, b) => a - b));
    };
    const first = await collected(numbers(12));
    cluster.dropOutputs(dealt.id);
    const again = await collected(numbers(12).toReversed());
    expect(again).toEqual(first);
    expect(first.flat().toSorted((a, b) => a - b)).toEqual(numbers(12));
    expect(first.filter((records) => records.length > 0).length).toBeGreaterThan(1);
  });
});

describe('a scattering writer', () => {
  const records: readonly unknown[] = [
    1,
    'one',
    [1, 2],
    { key: 1 },
    new Date(1_000),
    Uint8Array.of(1, 2),
    new Map([[1, 2]]),
    () => 1,
    undefined,
  ];
  const scattered = (of: readonly unknown[]) => {
    const writer = new ScatteringWriter<unknown>(4);
    for (const record of of) writer.push(record);
    return writer.end().map((bucket) => new Set(bucket));
  };

  it('puts every kind of record into the same bucket, in whatever order the records come', () => {
    expect(scattered(records.toReversed())).toEqual(scattered(records));
    expect(scattered(records).reduce((sum, { size }) => sum + size, 0)).toBe(records.length);
  });

  it('spreads different records over all buckets', () => {
    const sizes = scattered(numbers(1_000).map((n) => `record ${n}`)).map(({ size }) => size);
    expect(Math.min(...sizes)).toBeGreaterThan(200);
  });
});
