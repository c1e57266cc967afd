import { describe, expect, it } from 'vitest';
import { StreamFixture } from '../../test/stream-fixture.ts';

type Numbers = [string, number][];

const add = (values: readonly number[], state: number | undefined) =>
  values.reduce((left, right) => left + right, state ?? 0);

const sorted = (records: readonly (readonly [string, unknown])[] = []) =>
  [...records].toSorted(([a], [b]) => (a < b ? -1 : 1));

describe('updateStateByKey', () => {
  it('returns the state of every key after every batch', async () => {
    const world = new StreamFixture();
    const batches: Numbers[] = [
      [
        ['a', 1],
        ['a', 2],
      ],
      [['b', 5]],
      [],
    ];
    const seen = world.record(world.queue(batches).updateStateByKey(add));
    await world.run(3);
    expect(seen.get(1_000)).toEqual([['a', 3]]);
    for (const time of [2_000, 3_000])
      expect(sorted(seen.get(time))).toEqual([
        ['a', 3],
        ['b', 5],
      ]);
  });

  it('calls the function for every key, also without records, with key and batch time', async () => {
    const world = new StreamFixture();
    const calls: unknown[] = [];
    const batches: Numbers[] = [[['a', 1]], [['b', 2]]];
    world.record(
      world.queue(batches).updateStateByKey((values, state: number | undefined, key, batchTime) => {
        calls.push([key, [...values], state, batchTime]);
        return add(values, state);
      }),
    );
    await world.run(2);
    expect(calls[0]).toEqual(['a', [1], undefined, 1_000]);
    expect(calls.slice(1).toSorted()).toEqual([
      ['a', [], 1, 2_000],
      ['b', [2], undefined, 2_000],
    ]);
  });

  it('removes a key when the function returns undefined', async () => {
    const world = new StreamFixture();
    const batches: Numbers[] = [
      [
        ['a', 1],
        ['b', 1],
      ],
      [['a', 0]],
    ];
    const seen = world.record(
      world
        .queue(batches)
        .updateStateByKey((values, state: number | undefined) =>
          values.includes(0) ? undefined : add(values, state),
        ),
    );
    await world.run(2);
    expect(seen.get(2_000)).toEqual([['b', 1]]);
  });

  it('passes keys of the initial state through the function in the first batch', async () => {
    const world = new StreamFixture();
    const stream = world.queue<[string, number]>([[['a', 1]]]);
    const seen = world.record(
      stream.updateStateByKey(add, {
        initialState: [
          ['a', 10],
          ['z', 20],
        ],
        partitions: 3,
      }),
    );
    await world.run(1);
    expect(sorted(seen.get(1_000))).toEqual([
      ['a', 11],
      ['z', 20],
    ]);
  });

  it('is partitioned by its keys, so that a join need not move records', async () => {
    const world = new StreamFixture();
    const stream = world.queue<[string, number]>([[['a', 1]]]).updateStateByKey(add, { partitions: 3 });
    const partitions: (number | undefined)[] = [];
    stream.foreachRDD((rdd) => void partitions.push(rdd.hashPartitions));
    await world.run(1);
    expect(partitions).toEqual([3]);
  });

  it('refuses invalid options', () => {
    const stream = new StreamFixture().queue<[string, number]>([]);
    for (const options of [{ partitions: 0 }, { schemaVersion: 0.5 }]) {
      expect(() => stream.updateStateByKey(add, options)).toThrow(
        expect.objectContaining({ code: 'MR_GRAPH_INVALID_ARGUMENT' }),
      );
    }
  });

  it('keeps state over thousands of batches without a growing lineage', async () => {
    const world = new StreamFixture();
    const queue: Numbers[] = [];
    const seen = world.record(world.queue(queue).updateStateByKey(add));
    for (let batch = 0; batch < 3_000; batch += 1) {
      queue.push([['a', 1]]);
      await world.run(1);
    }
    expect(seen.get(3_000_000)).toEqual([['a', 3_000]]);
    expect(world.tasks.heldRecords.cached).toBeLessThan(20);
  });
});
