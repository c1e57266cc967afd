// The cost of aggregation by key, joins and other shuffles, beside maps filled by purpose-built code.
import type { BenchSuite, BenchWorkload, Budget } from '../runner/suite.ts';
import { pairs, sumOf } from './stream-numbers.ts';
import { BY_HAND, MILLRACE, streamWorkload } from './stream-workload.ts';

const atLeast = (ratio: number): readonly Budget[] => [
  { contender: MILLRACE, against: BY_HAND, atLeast: ratio },
];

/** The suite `by-key`. */
export const byKeySuite: BenchSuite = {
  name: 'by-key',
  purpose: 'cost of reduceByKey, groupByKey, join and repartition, beside maps filled by hand',
  unit: 'pairs',
  contenders: 2,
  workloads: [...[100, 10_000].map(counting), grouping(), joining(), spreading()],
};

function counting(keys: number): BenchWorkload {
  return streamWorkload<[string, number]>({
    name: `sums of 100,000 pairs by ${keys.toLocaleString('en')} keys`,
    makeBatch: (batch) => pairs(batch, 100_000, keys).map(([key, value]) => [`key-${key}`, value]),
    program: (stream, add) =>
      stream.reduceByKey((left, right) => left + right).foreachPartition((sums) => add(checksumOf(sums))),
    byHand: () => (records) => {
      const sums = new Map<string, number>();
      for (const [key, value] of records) sums.set(key, (sums.get(key) ?? 0) + value);
      return checksumOf(sums);
    },
    budgets: atLeast(0.6),
  });
}

/** Every pair goes through the shuffle without map-side aggregation. These ratios are for information. */
function grouping(): BenchWorkload {
  return streamWorkload<[string, number]>({
    name: 'groups of 100,000 pairs by 1,000 keys',
    makeBatch: (batch) => pairs(batch, 100_000, 1_000).map(([key, value]) => [`key-${key}`, value]),
    program: (stream, add) => stream.groupByKey().foreachPartition((groups) => add(sizesOf(groups))),
    byHand: () => (records) => sizesOf(grouped(records)),
    budgets: [],
  });
}

function joining(): BenchWorkload {
  return streamWorkload<[string, number]>({
    name: 'a join of 10,000 pairs with themselves, by 5,000 keys',
    makeBatch: (batch) => pairs(batch, 10_000, 5_000).map(([key, value]) => [`key-${key}`, value]),
    program: (stream, add) =>
      stream.join(stream).foreachPartition((joined) => {
        let sum = 0;
        for (const [, [left, right]] of joined) sum += left * right;
        add(sum);
      }),
    byHand: () => (records) => {
      const groups = grouped(records);
      let sum = 0;
      for (const [key, left] of records) for (const right of groups.get(key) ?? []) sum += left * right;
      return sum;
    },
    budgets: [],
  });
}

function spreading(): BenchWorkload {
  return streamWorkload<number>({
    name: '100,000 numbers over 8 partitions',
    makeBatch: (batch) => pairs(batch, 100_000, 1_000).map(([key]) => key),
    program: (stream, add) => stream.repartition(8).foreachPartition((records) => add(sumOf(records))),
    byHand: () => (records) => {
      const parts = Array.from({ length: 8 }, (): number[] => []);
      records.forEach((record, at) => parts[at & 7]?.push(record));
      return parts.reduce((sum, part) => sum + sumOf(part), 0);
    },
    budgets: [],
  });
}

function checksumOf(sums: Iterable<readonly [string, number]>): number {
  let sum = 0;
  for (const [key, value] of sums) sum += key.length * value;
  return sum;
}

function grouped(records: Iterable<readonly [string, number]>): Map<string, number[]> {
  const groups = new Map<string, number[]>();
  for (const [key, value] of records) {
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [value]);
    else group.push(value);
  }
  return groups;
}

function sizesOf(groups: Iterable<readonly [string, readonly number[]]>): number {
  let sum = 0;
  for (const [key, values] of groups) sum += key.length * values.length;
  return sum;
}
