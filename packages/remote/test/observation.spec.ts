// An observed engine with executors in memories of their own: events and readings have the amounts of the executors.
import type { StreamingEvents } from '@millrace/core';
import { settle } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import { VirtualCluster, type VirtualClusterOptions } from './virtual-cluster.ts';

type Word = readonly [word: string, atMs: number];

const BATCHES: Word[][] = [
  [
    ['a', 1],
    ['b', 5],
    ['c', 2],
  ],
  [['a', 30]],
  [
    ['d', 31],
    ['e', 90],
  ],
];

const EVENTS = ['state:changed', 'watermark:advanced'] as const;

async function eventsOf(options: VirtualClusterOptions): Promise<unknown[]> {
  const cluster = new VirtualCluster((ssc) => {
    const words = ssc.queueStream([...BATCHES], { partitions: 2 });
    words
      .mapWithState<string, number, number, string>(
        (word, atMs, state) => {
          state.update(atMs ?? 0);
          return word;
        },
        { partitions: 3 },
      )
      .uid('words')
      .foreachRDD(() => undefined);
    words
      .assignTimestamps(([, atMs]) => atMs)
      .uid('times')
      .tumbling(10)
      .reduceByKey((one, other) => one + other, { partitions: 2 })
      .uid('windows')
      .foreachRDD(() => undefined);
  }, options);
  const seen: unknown[] = [];
  for (const event of EVENTS) cluster.ssc.on(event, (value) => void seen.push({ event, ...value }));
  await cluster.start();
  await settle();
  await cluster.clock.advance(5_000);
  await cluster.ssc.stop();
  return seen;
}

describe('events of state and event time', () => {
  it('are the same from executors elsewhere as from one process', async () => {
    const local = await eventsOf({ isLocal: true });
    expect(local).toHaveLength(7);
    expect(await eventsOf({})).toEqual(local);
  });
});

describe('events of executors', () => {
  it('report the death of an executor with its reason, and the executor in its place', async () => {
    const cluster = new VirtualCluster((ssc) => ssc.queueStream([[1]]).foreachRDD(() => undefined));
    const seen: StreamingEvents['executor:added']['executor'][] = [];
    cluster.ssc.on('executor:added', ({ executor }) => void seen.push(executor));
    cluster.ssc.on('executor:lost', ({ executor }) => void seen.push(executor));
    await cluster.start();
    await settle();
    await cluster.clock.advance(1_000);
    cluster.kill('0');
    await cluster.clock.advance(5_000);
    expect(seen).toMatchObject([
      { executorId: 'executor-0', host: 'host-0', executorCount: 1 },
      { executorId: 'executor-1', host: 'host-1', executorCount: 2 },
      { executorId: 'executor-0', executorCount: 1, reason: expect.stringContaining('killed by the test') },
      { executorId: 'executor-0.1', executorCount: 2 },
    ]);
    expect(seen.map(({ isRetired }) => isRetired)).toEqual(Array(4).fill(undefined));
    await cluster.ssc.stop();
  });
});
