// The events for observers: watermarks, states, checkpoints and executors, and the readings that follow the events.
import type { StreamingEvents } from '@millrace/core';
import { virtualPorts } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import { RestartWorld } from '../../test/restart-world.ts';
import { StreamingContext } from '../context/streaming-context.ts';

const OBSERVED = [
  'watermark:advanced',
  'state:changed',
  'checkpoint:completed',
  'checkpoint:failed',
  'executor:added',
  'executor:lost',
] as const satisfies readonly (keyof StreamingEvents)[];

type Seen = Partial<Record<keyof StreamingEvents, unknown[]>>;

function listenTo(ssc: StreamingContext): Seen {
  const seen: Seen = {};
  for (const event of OBSERVED)
    ssc.on(event, (value) => void (seen[event] ??= []).push(...Object.values(value)));
  return seen;
}

function world() {
  const { clock, plugin } = virtualPorts({ startMs: 0 });
  const ssc = new StreamingContext({ appName: 'observed', batchIntervalMs: 1_000, plugins: [plugin] });
  return { clock, ssc, seen: listenTo(ssc) };
}

type Visit = readonly [user: string, atMs: number];

describe('state:changed', () => {
  it('is published with the number of keys of all partitions, when the number has changed', async () => {
    const { clock, ssc, seen } = world();
    const entries: [string, number][][] = [
      [
        ['a', 1],
        ['b', 1],
        ['c', 1],
      ],
      [['a', 2]],
      [['d', 1]],
      [
        ['a', -1],
        ['b', -1],
      ],
    ];
    ssc
      .queueStream(entries)
      .updateStateByKey<string, number, number>(
        (values, sum = 0) =>
          values.includes(-1) ? undefined : values.reduce((one, other) => one + other, sum),
        { partitions: 3 },
      )
      .uid('sums')
      .foreachRDD(() => undefined);
    await ssc.start();
    await clock.advance(6_000);
    expect(seen['state:changed']).toEqual([
      { batchTime: 1_000, operator: 'sums', keys: 3 },
      { batchTime: 3_000, operator: 'sums', keys: 4 },
      { batchTime: 4_000, operator: 'sums', keys: 2 },
    ]);
    expect(ssc.gauges.read()?.states).toEqual([{ operator: 'sums', keys: 2 }]);
    await ssc.stop();
  });

  it('names an operator without a uid by position and kind, also when no output reads the operator', async () => {
    const { clock, ssc, seen } = world();
    const events = ssc.queueStream<Visit>([[['a', 10]], [['b', 10]]]);
    const counted = events.mapWithState<string, number, number, string>((user, atMs, state) => {
      state.update(atMs ?? 0);
      return user;
    }, {});
    counted.stateSnapshots().foreachRDD(() => undefined);
    events.foreachRDD(() => undefined);
    await ssc.start();
    await clock.advance(2_000);
    const [first] = seen['state:changed'] ?? [];
    expect(first).toEqual({ batchTime: 1_000, operator: counted.id, keys: 1 });
    expect(counted.id).toBe('2-mapWithState');
    await ssc.stop();
  });

  it('counts the keys with open windows, and no keys of watermarks', async () => {
    const { clock, ssc, seen } = world();
    const visits: Visit[][] = [
      [
        ['a', 1],
        ['b', 2],
      ],
      [['c', 25]],
      [],
    ];
    ssc
      .queueStream(visits)
      .assignTimestamps(([, atMs]) => atMs)
      .uid('visits')
      .map(([user]): [string, number] => [user, 1])
      .tumbling(10)
      .reduceByKey((one, other) => one + other)
      .uid('per-user')
      .foreachRDD(() => undefined);
    await ssc.start();
    await clock.advance(4_000);
    expect(seen['state:changed']).toEqual([
      { batchTime: 1_000, operator: 'per-user', keys: 2 },
      { batchTime: 2_000, operator: 'per-user', keys: 1 },
    ]);
    await ssc.stop();
  });
});

describe('watermark:advanced', () => {
  it('is published for each batch in which the watermark moved', async () => {
    const { clock, ssc, seen } = world();
    const visits: Visit[][] = [[], [['a', 1_000]], [['a', 700]], [['b', 4_000]], []];
    const events = ssc
      .queueStream(visits)
      .assignTimestamps(([, atMs]) => atMs, { outOfOrdernessMs: 100 })
      .uid('visits');
    events.watermarks.foreachRDD(() => undefined);
    await ssc.start();
    await clock.advance(6_000);
    expect(seen['watermark:advanced']).toEqual([
      { batchTime: 2_000, stream: 'visits', watermarkMs: 900 },
      { batchTime: 4_000, stream: 'visits', watermarkMs: 3_900 },
    ]);
    expect(ssc.gauges.read()?.watermarks).toEqual([
      { batchTime: 4_000, stream: 'visits', watermarkMs: 3_900 },
    ]);
    await ssc.stop();
  });

  it('has the common watermark of a union, and negative event times', async () => {
    const { clock, ssc, seen } = world();
    const source = (visits: Visit[][]) => ssc.queueStream(visits).assignTimestamps(([, atMs]) => atMs);
    const both = source([[['a', -50]]]).union(source([[['b', -20]], [['b', 30]]]));
    const { watermarks } = both;
    watermarks.foreachRDD(() => undefined);
    await ssc.start();
    await clock.advance(3_000);
    expect(seen['watermark:advanced']).toEqual([
      { batchTime: 1_000, stream: watermarks.id, watermarkMs: -50 },
    ]);
    await ssc.stop();
  });
});

describe('checkpoint events', () => {
  /** A driver with a state of many keys, and a store whose writes take a time. */
  async function running() {
    const restarts = new RestartWorld();
    const write = restarts.checkpoints.write.bind(restarts.checkpoints);
    const store = { failsWith: undefined as Error | undefined, takesMs: 0 };
    let seen: Seen = {};
    const life = restarts.begin((ssc) => {
      seen = listenTo(ssc);
      ssc
        .queueStream<number>([[1, 2, 3], [4]])
        .map((n): [number, string] => [n, 'x'.repeat(1_000)])
        .mapWithState<number, string, string, number>((key, value, state) => {
          if (value !== undefined) state.update(value);
          return key;
        }, {})
        .uid('texts')
        .foreachRDD(() => undefined);
    });
    restarts.checkpoints.write = async (batchTime, bytes) => {
      await life.clock.sleepFor(store.takesMs);
      if (store.failsWith !== undefined) throw store.failsWith;
      await write(batchTime, bytes);
    };
    await life.ssc.start();
    return { restarts, life, store, seen: () => seen };
  }

  it('tell duration, bytes and parts of each checkpoint, the one at the start included', async () => {
    const { restarts, life, store, seen } = await running();
    store.takesMs = 30;
    await restarts.pass(life, 2_500);
    const completed = seen()[
      'checkpoint:completed'
    ] as StreamingEvents['checkpoint:completed']['checkpoint'][];
    expect(completed.map(({ batchTime, durationMs, parts }) => [batchTime, durationMs, parts])).toEqual([
      [10_000, 0, 0],
      [11_000, 30, 1],
      [12_000, 30, 2],
    ]);
    const [atStart, first, second] = completed.map(({ sizeBytes }) => sizeBytes);
    expect(atStart).toBeGreaterThan(50);
    // Three texts, then the changed one with a slice of the others; parts of earlier checkpoints do not count again.
    expect(first).toBeGreaterThan(3_000);
    expect(second).toBeGreaterThan(1_000);
    expect(second).toBeLessThan(5_000);
    const [state] = life.ssc.gauges.read()?.states ?? [];
    expect(state).toMatchObject({ operator: 'texts', keys: 4 });
    expect(state?.sizeBytes).toBeGreaterThan(4_000);
    store.takesMs = 0;
    await life.ssc.stop();
  });

  it('count failures in a row, until a checkpoint is written again', async () => {
    const { restarts, life, store, seen } = await running();
    store.failsWith = new Error('the disk is full');
    await restarts.pass(life, 2_500);
    expect(seen()['checkpoint:failed']).toMatchObject([
      { batchTime: 10_000, sizeBytes: 0, parts: 0, failures: 1, error: { message: 'the disk is full' } },
      { batchTime: 10_000, failures: 2 },
    ]);
    store.failsWith = undefined;
    await restarts.pass(life, 1_000);
    expect(seen()['checkpoint:completed']).toHaveLength(2);
    expect(seen()['checkpoint:completed']?.at(-1)).not.toHaveProperty('failures');
    store.failsWith = new Error('full again');
    await restarts.pass(life, 1_000);
    expect(seen()['checkpoint:failed']?.at(-1)).toMatchObject({ batchTime: 13_000, failures: 1 });
    store.failsWith = undefined;
    await life.ssc.stop();
  });
});

describe('executor:added', () => {
  it('is published for each executor of the start, and a stop is no loss', async () => {
    const { clock, ssc, seen } = world();
    ssc.queueStream([[1]]).foreachRDD(() => undefined);
    await ssc.start();
    await clock.advance(1_000);
    expect(seen['executor:added']).toEqual([
      { executorId: 'local-0', host: 'localhost', cores: 4, timeMs: 0, executorCount: 1 },
    ]);
    await ssc.stop();
    expect(seen['executor:lost']).toBeUndefined();
  });
});
