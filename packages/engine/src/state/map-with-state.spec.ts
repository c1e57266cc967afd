import { describe, expect, it } from 'vitest';
import { StreamFixture } from '../../test/stream-fixture.ts';
import type { State } from './state-handle.ts';

type Numbers = [string, number][];

/** Adds up, and returns key and sum. */
function sum(key: string, value: number | undefined, state: State<number>): [string, number] {
  const total = (state.getOption() ?? 0) + (value ?? 0);
  if (!state.isTimingOut()) state.update(total);
  return [key, total];
}

const sorted = (records: readonly (readonly [string, unknown])[] = []) =>
  [...records].toSorted(([a], [b]) => (a < b ? -1 : 1));

describe('mapWithState', () => {
  it('calls the function for every record with the state so far', async () => {
    const world = new StreamFixture();
    const batches: Numbers[] = [
      [
        ['a', 1],
        ['b', 2],
        ['a', 3],
      ],
      [],
      [['a', 10]],
    ];
    const seen = world.record(world.queue<[string, number]>(batches).mapWithState(sum));
    await world.run(3);
    expect(sorted(seen.get(1_000))).toEqual([
      ['a', 1],
      ['a', 4],
      ['b', 2],
    ]);
    expect(seen.get(2_000)).toEqual([]);
    expect(seen.get(3_000)).toEqual([['a', 14]]);
  });

  it('returns all states after every batch', async () => {
    const world = new StreamFixture();
    const stream = world.queue<[string, number]>([[['a', 1]], [['b', 2]], []]).mapWithState(sum);
    const seen = world.record(stream.stateSnapshots());
    await world.run(3);
    expect(seen.get(1_000)).toEqual([['a', 1]]);
    for (const time of [2_000, 3_000])
      expect(sorted(seen.get(time))).toEqual([
        ['a', 1],
        ['b', 2],
      ]);
  });

  it('begins with the initial state, which counts as touched by the first batch', async () => {
    const world = new StreamFixture();
    const batches: Numbers[] = [[['a', 1]], [], [], []];
    const timedOut: string[] = [];
    const stream = world.queue(batches).mapWithState(
      (key, value: number | undefined, state: State<number>) => {
        if (state.isTimingOut()) timedOut.push(`${key}=${state.get()}`);
        else state.update(state.get() + (value ?? 0));
      },
      {
        initialState: new Map([
          ['a', 100],
          ['b', 200],
        ]),
        timeoutMs: 2_000,
      },
    );
    const seen = world.record(stream.stateSnapshots());
    await world.run(3);
    expect(sorted(seen.get(3_000))).toEqual([
      ['a', 101],
      ['b', 200],
    ]);
    expect(timedOut).toEqual([]);
    await world.run(1);
    expect(timedOut.toSorted()).toEqual(['a=101', 'b=200']);
    expect(seen.get(4_000)).toEqual([]);
  });

  it('detects a timeout in the very next batch, after its records', async () => {
    const world = new StreamFixture({ defaultParallelism: 1 });
    const batches: Numbers[] = [
      [
        ['idle', 1],
        ['busy', 1],
      ],
      [['busy', 1]],
      [['busy', 1]],
      [['busy', 1]],
    ];
    const stream = world.queue(batches).mapWithState(
      (key, _value: number | undefined, state: State<number>) => {
        if (!state.isTimingOut()) state.update(1);
        return `${key} ${state.isTimingOut()}`;
      },
      { timeoutMs: 2_000 },
    );
    const seen = world.record(stream);
    await world.run(4);
    expect(seen.get(3_000)).toEqual(['busy false']);
    expect(seen.get(4_000)).toEqual(['busy false', 'idle true']);
  });

  it('keeps a key alive by any record when there is a timeout, and writes nothing for a mere read without a timeout', async () => {
    const read = (_key: string, _value: number | undefined, state: State<number>) =>
      state.isTimingOut() ? 'gone' : `${state.getOption()}`;
    for (const [timeoutMs, last] of [
      [1_500, '7'],
      [undefined, '7'],
    ] as const) {
      const world = new StreamFixture();
      const batches: Numbers[] = Array.from({ length: 5 }, () => [['a', 1]]);
      const spec = { initialState: [['a', 7]] as Numbers, ...(timeoutMs === undefined ? {} : { timeoutMs }) };
      const seen = world.record(world.queue(batches).mapWithState(read, spec));
      await world.run(5);
      expect(seen.get(5_000)).toEqual([last]);
    }
  });

  it('removes keys when the function calls remove', async () => {
    const world = new StreamFixture();
    const stream = world
      .queue<[string, number]>([[['a', 1]], [['a', 0]], [['a', 5]]])
      .mapWithState((_key, value: number | undefined, state: State<number>) => {
        const before = state.getOption();
        if (value === 0) state.remove();
        else state.update(value ?? 0);
        return [before, state.exists()];
      });
    const seen = world.record(stream);
    const states = world.record(stream.stateSnapshots());
    await world.run(3);
    expect([...seen.values()].flat()).toEqual([
      [undefined, true],
      [1, false],
      [undefined, true],
    ]);
    expect(states.get(2_000)).toEqual([]);
  });

  it.each<[string, (state: State<number>) => void]>([
    ['MR_STATE_ABSENT', (state) => void state.get()],
    ['MR_STATE_REMOVED', (state) => (state.remove(), state.update(1))],
    ['MR_STATE_REMOVED', (state) => (state.remove(), state.remove())],
  ])('refuses invalid calls with %s', async (code, wrong) => {
    const world = new StreamFixture();
    world.record(
      world
        .queue<[string, number]>([[['a', 1]]])
        .mapWithState((_k, _v, state: State<number>) => wrong(state)),
    );
    await expect(world.run(1)).rejects.toThrow(
      expect.objectContaining({ cause: expect.objectContaining({ code }) as unknown }),
    );
  });

  it('refuses to change a state that times out', async () => {
    const world = new StreamFixture();
    const stream = world.queue<[string, number]>([[['a', 1]], [], []]);
    world.record(stream.mapWithState((_k, _v, state: State<number>) => state.update(1), { timeoutMs: 500 }));
    await world.run(1);
    await expect(world.run(1)).rejects.toThrow(
      expect.objectContaining({ cause: expect.objectContaining({ code: 'MR_STATE_TIMING_OUT' }) as unknown }),
    );
  });

  it('counts a record once when the batch is tried again', async () => {
    const world = new StreamFixture();
    let fails = true;
    const stream = world
      .queue<[string, number]>([
        [
          ['a', 1],
          ['b', 1],
        ],
        [
          ['a', 1],
          ['b', 1],
        ],
      ])
      .mapWithState((key, value, state: State<{ sum: number }>) => {
        // Changed in place on purpose: the stored state must not change with the object.
        const total = state.getOption() ?? { sum: 0 };
        total.sum += value ?? 0;
        state.update(total);
        if (key === 'b' && total.sum === 2 && fails) throw new Error('once');
      });
    const seen = world.record(stream.stateSnapshots());
    await world.run(1);
    await expect(world.runBatch(2_000)).rejects.toThrow('once');
    fails = false;
    await world.runBatch(2_000);
    expect(sorted(seen.get(2_000))).toEqual([
      ['a', { sum: 2 }],
      ['b', { sum: 2 }],
    ]);
  });

  it('continues in batches whose outputs do not read the state', async () => {
    const world = new StreamFixture();
    const batches: Numbers[] = Array.from({ length: 6 }, () => [['a', 1]]);
    const states = world.queue(batches).mapWithState(sum).stateSnapshots();
    const seen = world.record(states.window(1_000, 3_000));
    await world.run(6);
    expect([...seen]).toEqual([
      [3_000, [['a', 3]]],
      [6_000, [['a', 6]]],
    ]);
  });

  it('keeps its state when a batch is skipped', async () => {
    const world = new StreamFixture();
    const batches: Numbers[] = [[['a', 1]], [['a', -1]], [['a', 1]]];
    const stream = world.queue(batches).mapWithState((key, value, state: State<number>) => {
      if ((value ?? 0) < 0) throw new Error('bad record');
      return sum(key, value, state);
    });
    const seen = world.record(stream);
    await world.run(1);
    await expect(world.runBatch(2_000)).rejects.toThrow('bad record');
    world.complete(2_000);
    await world.runBatch(3_000);
    expect(seen.get(3_000)).toEqual([['a', 2]]);
  });

  it('finds keys by value, in any object that holds the value', async () => {
    const world = new StreamFixture({ defaultParallelism: 4 });
    const batches = [[[{ city: 'x', zip: 1 }, 1]], [[{ zip: 1, city: 'x' }, 2]]] as [
      { city: string; zip: number },
      number,
    ][][];
    const seen = world.record(
      world.queue(batches).mapWithState((_key, value, state: State<number>) => {
        state.update((state.getOption() ?? 0) + (value ?? 0));
        return state.get();
      }),
    );
    await world.run(2);
    expect(seen.get(2_000)).toEqual([3]);
  });
});
