import { describe, expect, expectTypeOf, it } from 'vitest';
import { RestartWorld } from '../../test/restart-world.ts';
import { StreamFixture } from '../../test/stream-fixture.ts';
import type { DStream, EventWindow, StreamingContext, StreamingContextOptions } from '../index.ts';

interface Visit {
  readonly page: string;
  readonly atMs: number;
}

const add = (a: number, b: number) => a + b;

/** Batches of visits, written as page and time. */
function visits(...batches: (readonly [string, number][])[]): Visit[][] {
  return batches.map((batch) => batch.map(([page, atMs]) => ({ page, atMs })));
}

async function run<T>(world: StreamFixture, stream: DStream<T>, batches: number): Promise<T[][]> {
  const seen = world.record(stream);
  await world.run(batches);
  return [...seen.values()];
}

/** The events about records. */
const recordEvents = ({ events }: StreamFixture) => events.filter(([event]) => event.startsWith('records:'));

describe('a stream with event time', () => {
  it('keeps the times of records through operators', async () => {
    const world = new StreamFixture();
    const counts = world
      .queue(
        visits(
          [
            ['a', 1],
            ['b', 2],
            ['', 3],
          ],
          [['c', 12]],
        ),
      ) // prettier-ignore
      .assignTimestamps(({ atMs }) => atMs)
      .filter(({ page }) => page !== '')
      .flatMap(({ page }) => [page, page])
      .map((page) => [page, 1])
      .tumbling(10)
      .reduceByKey(add);
    expectTypeOf(counts).toExtend<DStream<[string, EventWindow<number>]>>();
    expectTypeOf(counts.lateRecords()).toEqualTypeOf<DStream<[string, number]>>();
    const [, second] = await run(world, counts, 2);
    expect(second?.toSorted()).toEqual([
      ['a', { startMs: 0, endMs: 10, value: 2 }],
      ['b', { startMs: 0, endMs: 10, value: 2 }],
    ]);
  });

  it('returns the records without their times', async () => {
    const world = new StreamFixture();
    const [batch = []] = visits([['a', 1]]);
    const records = world.queue([batch]).assignTimestamps(({ atMs }) => atMs).records;
    expectTypeOf(records).toEqualTypeOf<DStream<Visit>>();
    expect(await run(world, records, 1)).toEqual([batch]);
  });

  it('has windows over all records, without keys', async () => {
    const world = new StreamFixture();
    const events = world
      .queue(
        visits(
          [
            ['a', 1],
            ['b', 2],
          ],
          [['c', 12]],
          [
            ['d', 3],
            ['e', 25],
          ],
        ),
      ) // prettier-ignore
      .assignTimestamps(({ atMs }) => atMs);
    const pages = events.tumbling(10).aggregate(
      () => '',
      (text, { page }) => text + page,
      (earlier, later) => earlier + later,
    );
    const newest = events.tumbling(10).reduce((left, right) => (left.atMs > right.atMs ? left : right));
    const groups = events.map(({ page }) => page).tumbling(10).group(); // prettier-ignore
    expectTypeOf(groups).toExtend<DStream<EventWindow<string[]>>>();
    expectTypeOf(newest.lateRecords()).toEqualTypeOf<DStream<Visit>>();
    const seen = [world.record(pages), world.record(newest), world.record(groups), world.record(newest.lateRecords())]; // prettier-ignore
    await world.run(3);
    const values = seen.slice(0, 3).map((batches) => [...batches.values()].flat().map((window) => (window as EventWindow<unknown>).value)); // prettier-ignore
    expect(values).toEqual([
      ['ab', 'c'],
      [
        { page: 'b', atMs: 2 },
        { page: 'c', atMs: 12 },
      ],
      [['a', 'b'], ['c']],
    ]);
    expect(seen[3]?.get(3_000)).toEqual([{ page: 'd', atMs: 3 }]);
  });

  it('counts late records, also without a reader', async () => {
    const world = new StreamFixture();
    const counts = world
      .queue(
        visits(
          [['a', 20]],
          [
            ['a', 1],
            ['b', 2],
            ['c', 30],
          ],
          [['d', 9]],
        ),
      ) // prettier-ignore
      .assignTimestamps(({ atMs }) => atMs)
      .map(({ page }) => [page, 1])
      .tumbling(10)
      .reduceByKey(add)
      .uid('visits');
    await run(world, counts, 3);
    expect(recordEvents(world)).toEqual([
      ['records:late', { late: { batchTime: 2_000, stream: 'visits', recordCount: 2 } }],
      ['records:late', { late: { batchTime: 3_000, stream: 'visits', recordCount: 1 } }],
    ]);
  });

  it('does not let a program change retained windows', async () => {
    const world = new StreamFixture();
    const groups = world
      .queue(
        visits(
          [
            ['a', 1],
            ['a', 12],
          ],
          [['a', 2]],
        ),
      ) // prettier-ignore
      .assignTimestamps(({ atMs }) => atMs)
      .map(({ page, atMs }) => [page, atMs])
      .tumbling(10)
      .allowedLateness(50)
      .groupByKey();
    const values: number[][] = [];
    groups.foreachRDD(async (rdd) => {
      for (const [, { value }] of await rdd.collect()) {
        values.push([...value]);
        value.push(-1);
      }
    });
    await world.run(2);
    expect(values).toEqual([[1], [1, 2]]);
  });

  it('leaves records out that are further ahead than maxFutureMs, and reports them', async () => {
    const world = new StreamFixture();
    const batches = visits([['a', 1], ['b', 1_011], ['a', 1_010]], [['a', 1_012], ['b', 9_999]], [['b', 3_011]]); // prettier-ignore
    const events = world.queue([...batches]).assignTimestamps(({ atMs }) => atMs, { maxFutureMs: 10 }).uid('events'); // prettier-ignore
    const counts = events.map(({ page }) => [page, 1]).tumbling(100).reduceByKey(add).uid('counts'); // prettier-ignore
    const seen = [events.watermarks, counts, counts.lateRecords(), events.aheadRecords(), events.records].map(
      (stream) => world.record<unknown>(stream),
    );
    await world.run(3);
    const [watermarks, windows, late, ahead, all] = seen.map((of) => [...of.values()]);
    // 1,012 is ahead of the first batch and not of the second.
    expect(watermarks).toEqual([
      [{ beforeMs: -Infinity, afterMs: 1_010 }],
      [{ beforeMs: 1_010, afterMs: 1_012 }],
      [{ beforeMs: 1_012, afterMs: 1_012 }],
    ]);
    expect(windows).toEqual([[['a', { startMs: 0, endMs: 100, value: 1 }]], [], []]);
    expect(late).toEqual([[['b', 1]], [['b', 1]], [['b', 1]]]);
    expect(ahead).toEqual([[batches[0]?.[1]], [batches[1]?.[1]], [batches[2]?.[0]]]);
    expect(all).toEqual(batches);
    expect(world.events.filter(([name]) => name === 'records:ahead')).toEqual(
      [1_000, 2_000, 3_000].map((batchTime) => [
        'records:ahead',
        { ahead: { batchTime, stream: 'events.source', recordCount: 1 } },
      ]),
    );
  });

  it('judges records by the bound of their own source, and reports a source of two watermarks once', async () => {
    const world = new StreamFixture();
    const timeOf = ({ atMs }: Visit) => atMs;
    const near = world.queue(visits([['a', 2_000]])).assignTimestamps(timeOf, { maxFutureMs: 0 }).uid('near'); // prettier-ignore
    const far = world.queue(visits([['b', 2_000]])).assignTimestamps(timeOf).uid('far'); // prettier-ignore
    const both = near.union(far);
    const seen = [near.watermarks, both.watermarks, both.aheadRecords()].map((of) =>
      world.record<unknown>(of),
    );
    await world.run(1);
    // Without a record in time, the near source has no watermark, and holds the other back.
    const none = [{ beforeMs: -Infinity, afterMs: -Infinity }];
    expect(seen.map((of) => of.get(1_000))).toEqual([none, none, [{ page: 'a', atMs: 2_000 }]]);
    expect(recordEvents(world)).toEqual([
      ['records:ahead', { ahead: { batchTime: 1_000, stream: 'near.source', recordCount: 1 } }],
    ]);
  });

  it('refuses the year 9999 and microseconds by default, and lets virtual time pass', async () => {
    const world = new StreamFixture();
    const times = [Date.UTC(2026, 0), Date.UTC(9999, 11, 31), Date.UTC(2026, 0) * 1_000];
    const events = world.queue([times]).assignTimestamps((atMs) => atMs);
    expect(await run(world, events.aheadRecords(), 1)).toEqual([times.slice(1)]);
  });

  it('counts a source once that is reachable by two paths', async () => {
    const world = new StreamFixture();
    const events = world.queue(visits([['a', 7]])).assignTimestamps(({ atMs }) => atMs);
    const both = events.filter(({ page }) => page === 'a').union(events.filter(({ page }) => page === 'b'));
    expect(await run(world, both.watermarks, 1)).toEqual([
      [{ beforeMs: Number.NEGATIVE_INFINITY, afterMs: 7 }],
    ]);
  });

  it.each([Number.NaN, Infinity, -Infinity, 1e300, undefined, '12', new Date(0)])(
    'fails the batch for the time %s',
    async (time) => {
      const world = new StreamFixture();
      const events = world.queue([['x']]).assignTimestamps(() => time as number);
      world.record(events.records);
      await expect(world.run(1)).rejects.toMatchObject({
        cause: { code: 'MR_EVENT_TIME_INVALID' },
      });
    },
  );

  it.each([
    ['outOfOrdernessMs', -1],
    ['outOfOrdernessMs', Number.NaN],
    ['idleAfterMs', 0],
    ['idleAfterMs', 1.5],
    ['idleAdvanceMs', -1],
    ['maxFutureMs', -1],
    ['maxFutureMs', Number.POSITIVE_INFINITY],
  ])('refuses %s %s', (name, value) => {
    const stream = new StreamFixture().queue<number>([]);
    const invalid = { code: 'MR_GRAPH_INVALID_ARGUMENT', message: expect.stringContaining(name) };
    expect(() => stream.assignTimestamps((n) => n, { [name]: value })).toThrow(
      expect.objectContaining(invalid),
    );
  });

  it('refuses idleAdvanceMs without idleAfterMs', () => {
    const stream = new StreamFixture().queue<number>([]);
    const invalid = { code: 'MR_GRAPH_INVALID_ARGUMENT', message: expect.stringContaining('idleAfterMs') };
    expect(() => stream.assignTimestamps((n) => n, { idleAdvanceMs: 10 })).toThrow(
      expect.objectContaining(invalid),
    );
  });

  it('refuses windows of length 0', () => {
    const events = new StreamFixture().queue<number>([]).assignTimestamps((n) => n);
    const invalid = expect.objectContaining({ code: 'MR_GRAPH_INVALID_ARGUMENT' });
    expect(() => events.tumbling(0)).toThrow(invalid);
    expect(() => events.sliding(10, 0)).toThrow(invalid);
    expect(() => events.session(Number.NaN)).toThrow(invalid);
    expect(() => events.tumbling(1).allowedLateness(-1)).toThrow(invalid);
    const pairs = events.map((n) => [n, 1]).tumbling(1);
    expect(() => pairs.reduceByKey(add, { partitions: 0 })).toThrow(invalid);
  });
});

describe('windows of event time in another version of a program', () => {
  const oneLife = async (
    world: RestartWorld,
    define: (ssc: StreamingContext) => void,
    work: { readonly batches: number; readonly options?: Partial<StreamingContextOptions> },
  ) => {
    const life = world.begin(define, work.options);
    await life.ssc.start();
    await world.pass(life, work.batches * 1_000);
    world.kill();
  };

  it('find their partitions again, and their values are migrated (STA-1)', async () => {
    const world = new RestartWorld();
    const queue = visits([['a', 1], ['b', 2], ['c', 3], ['d', 4]], [['a', 5]], [['x', 30]]); // prettier-ignore
    const seen: unknown[] = [];
    const events = (ssc: StreamingContext) =>
      ssc
        .queueStream(queue)
        .assignTimestamps(({ atMs }) => atMs)
        .uid('events')
        .map(({ page }) => [page, 1])
        .tumbling(10);
    await oneLife(
      world,
      (ssc) =>
        void events(ssc)
          .reduceByKey(add)
          .uid('counts')
          .foreachRDD(() => undefined),
      { batches: 1 },
    );
    await oneLife(
      world,
      (ssc) =>
        void events(ssc)
          .aggregateByKey(
            () => ({ count: 0 }),
            ({ count }, one) => ({ count: count + one }),
            (left, right) => ({ count: left.count + right.count }),
            { partitions: 5, schemaVersion: 2, migrate: (value) => ({ count: Number(value) }) },
          )
          .uid('counts')
          .foreachRDD(async (rdd) => void seen.push(...(await rdd.collect()))),
      { batches: 2 },
    );
    const texts = seen.map((record) => JSON.stringify(record)).toSorted();
    expect(texts).toEqual(
      [['a', 2], ['b', 1], ['c', 1], ['d', 1]].map(([key, count]) => JSON.stringify([key, { startMs: 0, endMs: 10, value: { count } }])), // prettier-ignore
    );
  });
});
