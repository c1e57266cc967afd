// `dropDuplicates` by batch time: its results batch by batch, over restarts and deaths, and refused arguments.
import fc from 'fast-check';
import { virtualPorts } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import { keysHeld, recordsOf, runOverDeaths, type DeathAtStep } from '../../test/queue-world.ts';
import { StreamFixture } from '../../test/stream-fixture.ts';
import { StreamingContext } from '../context/streaming-context.ts';

/** Batches of a key and a number. */
type Batches = readonly (readonly (readonly [string, number])[])[];

async function run(batches: Batches, withinMs: number, partitions?: number): Promise<unknown[][]> {
  const world = new StreamFixture();
  const options = { withinMs, ...(partitions === undefined ? {} : { partitions }) };
  const passed = world.queue(batches.map((batch) => [...batch])).dropDuplicates(([key]) => key, options);
  const seen = world.record(passed);
  await world.run(batches.length);
  return [...seen.values()];
}

/** The naive account: every batch is a second long. */
function naive(batches: Batches, withinMs: number): unknown[][] {
  const passedAt = new Map<string, number>();
  return batches.map((batch, index) =>
    batch.filter(([key]) => {
      const atMs = index * 1_000;
      if (atMs - (passedAt.get(key) ?? Number.NEGATIVE_INFINITY) <= withinMs) return false;
      passedAt.set(key, atMs);
      return true;
    }),
  );
}

const texts = (batches: readonly (readonly unknown[])[]) =>
  batches.map((batch) => batch.map((record) => JSON.stringify(record)).toSorted());

const batchesOf = fc.array(
  fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd'), fc.nat(99)), { maxLength: 4 }),
  {
    minLength: 1,
    maxLength: 9,
  },
);
const within = fc.constantFrom(1, 999, 1_000, 1_001, 2_000, 5_000);

describe('dropDuplicates', () => {
  it('passes the first record of a key, and the next one after withinMs', async () => {
    const batches: Batches = [[['a', 1], ['b', 2], ['a', 3]], [['a', 4]], [['b', 5], ['a', 6]], [['a', 7]], [['a', 8]]]; // prettier-ignore
    expect(await run(batches, 1_000, 1)).toEqual([[['a', 1], ['b', 2]], [], [['b', 5], ['a', 6]], [], [['a', 8]]]); // prettier-ignore
    // A record that is dropped does not extend the time.
    expect(await run(batches, 2_999, 1)).toEqual([[['a', 1], ['b', 2]], [], [], [['a', 7]], []]); // prettier-ignore
  });

  it('drops duplicates inside a batch with the shortest time', async () => {
    expect(await run([[['a', 1], ['a', 2]], [['a', 3]]], 1)).toEqual([[['a', 1]], [['a', 3]]]); // prettier-ignore
  });

  it('compares keys by value', async () => {
    const world = new StreamFixture();
    const records = [
      { id: 1, of: ['x'] },
      { of: ['x'], id: 1 },
      { id: 1, of: ['y'] },
    ];
    const seen = world.record(world.queue([records]).dropDuplicates((record) => record, { withinMs: 1 }));
    await world.run(1);
    expect(seen.get(1_000)).toHaveLength(2);
  });

  it('equals a naive account, on any number of partitions', async () => {
    await fc.assert(
      fc.asyncProperty(
        batchesOf,
        within,
        fc.integer({ min: 1, max: 5 }),
        async (batches, withinMs, partitions) => {
          expect(texts(await run(batches, withinMs, partitions))).toEqual(texts(naive(batches, withinMs)));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('forgets keys, so that the memory is bounded by the time', async () => {
    const world = new StreamFixture({ defaultParallelism: 1 });
    const batches = Array.from({ length: 30 }, (_, batch) =>
      Array.from({ length: 10 }, (__, n) => 10 * batch + n),
    );
    const passed = world.queue(batches).dropDuplicates((n) => n, { withinMs: 2_000 });
    world.record(passed);
    await world.run(30);
    expect(await keysHeld(world, 'dropDuplicates', 30_000)).toBe(30);
  });

  it('equals a naive account over drivers that die at any step (STA-1, BAT-4)', async () => {
    const death: fc.Arbitrary<DeathAtStep> = fc.record({
      steps: fc.integer({ min: 1, max: 150 }),
      downMs: fc.constantFrom(0, 1_000, 2_500),
    });
    await fc.assert(
      fc.asyncProperty(
        batchesOf,
        within,
        fc.array(death, { maxLength: 3 }),
        async (batches, withinMs, deaths) => {
          const queues = [batches.map((batch) => [...batch])];
          const { input, passed } = await runOverDeaths(
            queues,
            (ssc, [queue]) => {
              const records = ssc.queueStream(queue as [string, number][][]);
              const dropped = records
                .dropDuplicates(([key]) => key, { withinMs, partitions: 2 })
                .uid('requests');
              return { input: records, passed: dropped.map(([key]) => key) };
            },
            deaths,
          );
          const keys = naive(recordsOf(input) as Batches, withinMs).map((batch) =>
            batch.map((record) => (record as readonly [string, number])[0]),
          );
          expect(texts(recordsOf(passed))).toEqual(texts(keys));
        },
      ),
      { numRuns: 40 },
    );
  });

  describe('refuses', () => {
    const stream = () => {
      const { plugin } = virtualPorts();
      const ssc = new StreamingContext({ appName: 'app', batchIntervalMs: 1_000, plugins: [plugin] });
      return ssc.queueStream<number>([]);
    };
    const refused = (text: string) =>
      expect.objectContaining({
        code: 'MR_GRAPH_INVALID_ARGUMENT',
        message: expect.stringContaining(text) as string,
      }) as Error;

    it.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, undefined, '1000'])(
      'withinMs %s',
      (withinMs) => {
        const options = { withinMs: withinMs as number };
        expect(() => stream().dropDuplicates((n) => n, options)).toThrow(refused('withinMs'));
        expect(() =>
          stream()
            .assignTimestamps((n) => n)
            .dropDuplicates((n) => n, options),
        ).toThrow(refused('withinMs'));
      },
    );

    it('missing and unknown options, and a key that is no function', () => {
      const dropDuplicates = (...given: unknown[]) => stream().dropDuplicates(...(given as [never, never]));
      expect(() => dropDuplicates((n: number) => n)).toThrow(refused('the options'));
      expect(() => dropDuplicates((n: number) => n, { withinMs: 1, within: 2 })).toThrow(
        refused('option within'),
      );
      expect(() => dropDuplicates('id', { withinMs: 1 })).toThrow(refused('a function'));
    });

    it('a key that is no data, in the batch', async () => {
      const world = new StreamFixture();
      world.record(world.queue([[1]]).dropDuplicates(() => new Map(), { withinMs: 1 }));
      await expect(world.run(1)).rejects.toMatchObject({ cause: { code: 'MR_RDD_UNSUPPORTED_KEY' } });
    });
  });
});
