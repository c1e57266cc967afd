import { describe, expect, it } from 'vitest';
import { RddCluster } from '../../test/rdd-cluster.ts';
import { fromPartitions } from './parallelize.ts';
import { slidingAggregates } from './sliding-aggregates.ts';

type Batch = readonly [string, number][];

/** The next window of one partition, as keys with value and number of batches. */
async function moved(window: {
  readonly previous?: readonly [string, { readonly value: number; readonly batches: number }][];
  readonly leaving?: readonly Batch[];
  readonly entering?: readonly Batch[];
  readonly keepsAbsent?: boolean;
}): Promise<string> {
  const { environment } = new RddCluster({ maxTaskFailures: 1 });
  const rdd = <U>(records: readonly U[]) =>
    environment.define(fromPartitions([records], { hashPartitioned: true }));
  const { previous, leaving = [], entering = [], keepsAbsent = true } = window;
  const result = slidingAggregates<string, number>({
    environment,
    partitions: 1,
    previous: previous && rdd(previous),
    leaving: leaving.map(rdd<[string, number]>),
    entering: entering.map(rdd<[string, number]>),
    fn: (a, b) => a + b,
    inverse: (sum, gone) => sum - gone,
    keepsAbsent,
  });
  expect(result.hashPartitions).toBe(1);
  const pairs = await result.collect();
  return pairs.map(([key, { value, batches }]) => `${key}=${value}/${batches}`).join(' ');
}

describe('slidingAggregates', () => {
  it('computes the whole window when there is no previous one', async () => {
    const entering: Batch[] = [[['a', 1], ['b', 2]], [['a', 3]]]; // prettier-ignore
    expect(await moved({ entering })).toBe('a=4/2 b=2/1');
  });

  it('counts the batches of a key, whatever the sum of its values is', async () => {
    const previous: [string, { value: number; batches: number }][] = [['a', { value: 0, batches: 2 }]];
    expect(await moved({ previous, leaving: [[['a', 1]]], keepsAbsent: false })).toBe('a=-1/1');
    expect(await moved({ previous, leaving: [[['a', 1]], [['a', -1]]], keepsAbsent: false })).toBe('');
    expect(await moved({ previous, leaving: [[['a', 1]], [['a', -1]]] })).toBe('a=0/0');
  });

  it('keeps the order of keys, new ones last', async () => {
    const previous: [string, { value: number; batches: number }][] = [
      ['x', { value: 1, batches: 1 }],
      ['y', { value: 1, batches: 1 }],
    ];
    expect(await moved({ previous, entering: [[['n', 1], ['y', 1]]] })).toBe('x=1/1 y=2/2 n=1/1'); // prettier-ignore
  });

  it.each([
    ['is not in the window', []],
    ['has left already', [['a', { value: 0, batches: 0 }]] as [string, { value: number; batches: number }][]],
  ])('fails when a key leaves that %s', async (_, previous) => {
    const leaving: Batch[] = [[['a', 1]]];
    await expect(moved({ previous, leaving, entering: [[['a', 2]]] })).rejects.toMatchObject({
      cause: { code: 'MR_RDD_WINDOW_INCONSISTENT' },
    });
  });
});
