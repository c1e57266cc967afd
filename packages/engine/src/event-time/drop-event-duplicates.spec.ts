// `dropDuplicates` by event time: its results batch by batch, on any number of partitions, and over drivers that die.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keysHeld, recordsOf, runOverDeaths, type DeathAtStep } from '../../test/queue-world.ts';
import { StreamFixture } from '../../test/stream-fixture.ts';

type Event = readonly [key: string, atMs: number];
type Batches = readonly (readonly Event[])[];

const OUT_OF_ORDER_MS = 5;

function dropped(world: StreamFixture, batches: Batches, options: { withinMs: number; partitions?: number }) {
  return world
    .queue(batches.map((batch) => [...batch]))
    .assignTimestamps(([, atMs]) => atMs, { outOfOrdernessMs: OUT_OF_ORDER_MS, maxFutureMs: 10_000 })
    .uid('events')
    .dropDuplicates(([key]) => key, options)
    .uid('requests');
}

async function run(batches: Batches, withinMs: number, partitions = 2) {
  const world = new StreamFixture();
  const seen = world.record(dropped(world, batches, { withinMs, partitions }).records);
  await world.run(batches.length);
  return { passed: [...seen.values()], events: world.events };
}

/** The naive account: all times that have ever passed are compared. */
function naive(batches: Batches, withinMs: number): Event[][] {
  const passed: Event[] = [];
  let newestMs = Number.NEGATIVE_INFINITY;
  return batches.map((batch) => {
    const watermarkMs = newestMs - OUT_OF_ORDER_MS;
    newestMs = Math.max(newestMs, ...batch.map(([, atMs]) => atMs));
    return batch
      .toSorted(([, one], [, other]) => one - other)
      .filter((event) => {
        const [key, atMs] = event;
        if (atMs + withinMs < watermarkMs) return false;
        if (passed.some(([other, otherMs]) => other === key && Math.abs(otherMs - atMs) <= withinMs))
          return false;
        passed.push(event);
        return true;
      });
  });
}

const texts = (batches: readonly (readonly unknown[])[]) =>
  batches.map((batch) => batch.map((record) => JSON.stringify(record)).toSorted());

const batchesOf: fc.Arbitrary<Batches> = fc.array(
  fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.nat(70)), { maxLength: 5 }),
  { minLength: 1, maxLength: 8 },
);
const within = fc.constantFrom(1, 4, 10, 25);

describe('dropDuplicates by event time', () => {
  it('passes records of a key that are more than withinMs apart, in any order', async () => {
    const { passed } = await run([[['a', 20], ['a', 10], ['b', 12]], [['a', 21], ['a', 31], ['a', 9]]], 10); // prettier-ignore
    expect(texts(passed)).toEqual(texts([[['a', 10], ['b', 12]], [['a', 21]]])); // prettier-ignore
  });

  it('drops records that are too old or ahead to be judged, and counts them as late', async () => {
    // The watermark after the first batch is 95.
    const { passed, events } = await run([[['a', 100]], [['b', 84], ['c', 85], ['d', 20_000]]], 10); // prettier-ignore
    expect(passed).toEqual([[['a', 100]], [['c', 85]]]);
    expect(events).toContainEqual([
      'records:late',
      { late: { batchTime: 2_000, stream: 'requests', recordCount: 2 } },
    ]);
    expect(events).toContainEqual([
      'records:ahead',
      { ahead: { batchTime: 2_000, stream: 'events.source', recordCount: 1 } },
    ]);
  });

  it('keeps the times for windows, and its uid names its memory, not the watermark', async () => {
    const world = new StreamFixture();
    const counts = dropped(world, [[['a', 1], ['a', 2], ['b', 3]], [['c', 40]]], { withinMs: 5 }) // prettier-ignore
      .map(() => 1)
      .tumbling(10)
      .reduce((one, other) => one + other);
    const seen = world.record(counts);
    await world.run(2);
    expect(seen.get(2_000)).toEqual([{ startMs: 0, endMs: 10, value: 2 }]);
    const ids = world.graph.streams.map(({ id }) => id);
    expect(ids).toEqual(
      expect.arrayContaining(['events', 'events.state', 'events.source', 'requests', 'requests.state']),
    );
  });

  it('forgets times that the watermark has passed by twice withinMs', async () => {
    const world = new StreamFixture({ defaultParallelism: 1 });
    const batches = Array.from({ length: 20 }, (_, batch): Event[] => [[`k${batch}`, 10 * batch]]);
    world.record(dropped(world, batches, { withinMs: 10 }).records);
    await world.run(20);
    // The watermark is 185: times from 165 on.
    expect(await keysHeld(world, 'dropDuplicates', 20_000)).toBe(3);
  });

  it('equals a naive account, on any number of partitions', async () => {
    await fc.assert(
      fc.asyncProperty(
        batchesOf,
        within,
        fc.integer({ min: 1, max: 4 }),
        async (batches, withinMs, partitions) => {
          const { passed } = await run(batches, withinMs, partitions);
          expect(texts(passed)).toEqual(texts(naive(batches, withinMs)));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('equals a naive account over drivers that die at any step (STA-1, BAT-4)', async () => {
    const death: fc.Arbitrary<DeathAtStep> = fc.record({
      steps: fc.integer({ min: 1, max: 200 }),
      downMs: fc.constantFrom(0, 1_000, 2_500),
    });
    await fc.assert(
      fc.asyncProperty(
        batchesOf,
        within,
        fc.array(death, { maxLength: 3 }),
        async (batches, withinMs, deaths) => {
          const { input, passed } = await runOverDeaths(
            [batches.map((batch) => [...batch])],
            (ssc, [queue]) => {
              const records = ssc.queueStream(queue as [string, number][][]);
              const events = records
                .assignTimestamps(([, atMs]) => atMs, { outOfOrdernessMs: OUT_OF_ORDER_MS })
                .uid('events');
              const requests = events.dropDuplicates(([key]) => key, { withinMs, partitions: 2 }).uid('kept');
              return { input: records, passed: requests.records };
            },
            deaths,
          );
          expect(texts(recordsOf(passed))).toEqual(texts(naive(recordsOf(input) as Batches, withinMs)));
        },
      ),
      { numRuns: 40 },
    );
  });
});
