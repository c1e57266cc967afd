// An observed engine with executors in memories of their own: events and readings have the amounts of the executors.
import type { StreamingEvents } from '@millrace/core';
import { settle } from '@millrace/testing';
import { HandSource } from './sources.ts';
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

describe('readings of executors elsewhere', () => {
  async function running() {
    const source = new HandSource();
    const cluster = new VirtualCluster((ssc) => {
      ssc.queueStream([], { defaultEntry: [1, 2], partitions: 2 }).foreachPartition(() => undefined);
      ssc.receiverStream(source.receiver()).foreachRDD(() => undefined);
    });
    await cluster.start();
    await settle();
    await cluster.clock.advance(2_000);
    /** The next reading, a second later. */
    const read = async () => {
      cluster.ssc.gauges.read();
      await cluster.clock.advance(1_000);
      return cluster.ssc.gauges.read()?.executors ?? [];
    };
    return { source, cluster, read };
  }

  it('have tasks, receivers, block store and thread of each executor', async () => {
    const { source, cluster, read } = await running();
    const first = cluster.ssc.gauges.read()?.executors ?? [];
    expect(first).toMatchObject([
      { executorId: 'executor-0', host: 'host-0', completedTasks: 0, receivers: [] },
      { executorId: 'executor-1' },
    ]);
    expect(first[0]).not.toHaveProperty('ageMs');
    for (const token of [1, 2, 3]) source.current.store('x', token);
    const executors = await read();
    expect(executors.map(({ ageMs }) => ageMs)).toEqual([1_000, 1_000]);
    expect(executors.reduce((sum, { completedTasks }) => sum + completedTasks, 0)).toBeGreaterThan(3);
    expect(executors[0]).toMatchObject({
      blocks: { maxBytes: expect.any(Number) },
      thread: { heapUsedBytes: expect.any(Number), cpuMs: expect.any(Number) },
    });
    const receivers = executors.flatMap((executor) => executor.receivers);
    expect(receivers).toMatchObject([{ streamId: 1, waitingRecords: 3, unacknowledgedRecords: 3 }]);
    await cluster.clock.advance(1_000);
    const later = await read();
    expect(later.flatMap((executor) => executor.receivers)).toMatchObject([
      { waitingRecords: 0, unacknowledgedRecords: 0 },
    ]);
    await cluster.ssc.stop();
  });

  it('keep the amounts of a silent executor with a growing age, and forget a dead one', async () => {
    const { cluster, read } = await running();
    await read();
    cluster.freeze('1');
    const silent = (await read())[1];
    expect(silent?.completedTasks).toBeGreaterThan(0);
    const laterSilent = (await read())[1];
    expect(laterSilent?.completedTasks).toBe(silent?.completedTasks);
    expect((laterSilent?.ageMs ?? 0) - (silent?.ageMs ?? 0)).toBe(1_000);
    cluster.kill('1');
    await cluster.clock.advance(5_000);
    const executors = await read();
    expect(executors.map(({ executorId }) => executorId)).toEqual(['executor-0', 'executor-1.1']);
    await cluster.ssc.stop();
  });

  it('send no message while nobody reads', async () => {
    const { cluster } = await running();
    const asked: string[] = [];
    const ask = cluster.backend.ask.bind(cluster.backend);
    cluster.backend.ask = (id, kind, request) => {
      asked.push(kind);
      return ask(id, kind, request);
    };
    await cluster.clock.advance(5_000);
    expect(asked).not.toContain('ReadGauges');
    cluster.ssc.gauges.read();
    cluster.ssc.gauges.read();
    expect(asked.filter((kind) => kind === 'ReadGauges')).toHaveLength(2);
    await cluster.ssc.stop();
  });
});
