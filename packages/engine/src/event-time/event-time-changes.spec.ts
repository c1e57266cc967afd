// Programs that were changed between two drivers: the restored state of event time must fit, or be refused with a code.
import { describe, expect, it } from 'vitest';
import { happenings, windowText } from '../../test/event-time-world.ts';
import { RestartWorld } from '../../test/restart-world.ts';
import type { EventTimeStream, EventTimeWindows, StreamingContext } from '../index.ts';

type Windows = (events: EventTimeStream<[string, number]>) => EventTimeWindows<[string, number]>;

/** Runs the given number of batches and kills the driver after its checkpoints. */
async function live(
  world: RestartWorld,
  define: (ssc: StreamingContext) => void,
  { batches, allowDroppedState = false }: { readonly batches: number; readonly allowDroppedState?: boolean },
) {
  const life = world.begin(define, { allowDroppedState });
  await life.ssc.start();
  await world.pass(life, batches * 1_000);
  world.kill();
}

/**
 * Runs one program after another over the same batches, one batch each; returns the windows and late records of the
 * second.
 */
async function changed(first: Windows, second: Windows, newUid?: string): Promise<string[]> {
  const world = new RestartWorld();
  const queue = ['a@1 a@12', 'a@2 a@13', 'a@40'].map(happenings);
  const seen: string[] = [];
  const program =
    (windows: Windows, uid = 'groups') =>
    (ssc: StreamingContext) => {
      const events = ssc.queueStream(queue).assignTimestamps(({ atMs }) => atMs).uid('events'); // prettier-ignore
      const groups = windows(events.map(({ key, atMs }) => [key, atMs])).groupByKey().uid(uid); // prettier-ignore
      groups.foreachRDD(async (rdd) => void seen.push(...(await rdd.collect()).map(windowText).toSorted()));
      groups.lateRecords().foreachRDD(async (rdd) => {
        for (const [, atMs] of await rdd.collect()) seen.push(`late ${atMs}`);
      });
    };
  await live(world, program(first), { batches: 1 });
  seen.length = 0;
  await live(world, program(second, newUid), { batches: 2, allowDroppedState: newUid !== undefined });
  return seen;
}

const refused = expect.objectContaining({ code: 'MR_EVENT_TIME_WINDOWS_CHANGED' });

describe('windows that a checkpoint holds', () => {
  it.each<[string, Windows, Windows]>([
    ['another length', (events) => events.tumbling(10), (events) => events.tumbling(20)],
    ['another slide', (events) => events.sliding(10, 5), (events) => events.sliding(10, 2)],
    ['another gap', (events) => events.session(10), (events) => events.session(9)],
    ['another offset', (events) => events.tumbling(10, { offsetMs: 1 }), (events) => events.tumbling(10)],
    [
      'another time zone',
      (events) => events.tumbling(10),
      (events) => events.tumbling(10, { timeZone: 'UTC' }),
    ],
    ['another kind', (events) => events.tumbling(10), (events) => events.session(10)],
    ['more lateness', (events) => events.tumbling(10), (events) => events.tumbling(10).allowedLateness(1)],
  ])('are refused by a program that gives them %s', async (_, first, second) => {
    await expect(changed(first, second)).rejects.toEqual(refused);
  });

  it('are refused with their former rule and a remedy', async () => {
    const error = await changed((events) => events.tumbling(10), (events) => events.session(20)).catch((thrown: unknown) => thrown); // prettier-ignore
    expect(error).toMatchObject({
      message: expect.stringMatching(
        /groups\.state made by tumbling\(10\).*session\(20\).*allowDroppedState/,
      ),
      details: { operator: 'groups.state', kept: 'tumbling(10) with an allowed lateness of 0 ms' },
    });
  });

  it('are lost with their uid where the program permits, and new windows begin', async () => {
    const [first, second]: [Windows, Windows] = [(events) => events.tumbling(10), (events) => events.tumbling(20)]; // prettier-ignore
    expect(await changed(first, second, 'others')).toEqual(['a[0,20)=2,13']);
  });

  it('are forgotten sooner when less lateness is allowed, and not emitted again', async () => {
    const kept: Windows = (events) => events.tumbling(10).allowedLateness(50);
    const [same, less] = [await changed(kept, kept), await changed(kept, (events) => events.tumbling(10))];
    expect(same).toEqual(['a[0,10)=1,2', 'a[10,20)=12,13']);
    expect(less).toEqual(['late 2', 'a[10,20)=12,13']);
  });

  it('continue when an offset is written in another way', async () => {
    const kept: Windows = (events) => events.tumbling(10, { offsetMs: 3 });
    const seen = await changed(kept, (events) => events.tumbling(10, { offsetMs: -7 }));
    expect(seen).toEqual(['a[3,13)=12', 'late 2', 'a[13,23)=13']);
  });

  it('continue when a length is written in another way', async () => {
    const seen = await changed((events) => events.tumbling(10), (events) => events.sliding(10, 10)); // prettier-ignore
    expect(seen).toEqual(['late 2', 'a[10,20)=12,13']);
  });
});

describe('the watermark of a checkpoint', () => {
  type Sources = (ssc: StreamingContext) => readonly EventTimeStream<number>[];
  const [fast, slow] = ['fast', 'slow'] as const;
  const batches = { [fast]: [[50], [60], [70]], [slow]: [[10], [], []] };

  /** Runs one driver after another, a batch each; returns the watermarks of each. */
  async function watermarks(...drivers: readonly Sources[]): Promise<number[]> {
    const world = new RestartWorld();
    const seen: number[] = [];
    const program = (sources: Sources) => (ssc: StreamingContext) => {
      const [one, ...others] = sources(ssc);
      const all = others.length === 0 ? one : one?.union(...others);
      all?.uid('all').watermarks.foreachRDD(async (rdd) => void seen.push(...(await rdd.collect()).map(({ afterMs }) => afterMs))); // prettier-ignore
    };
    for (const sources of drivers) await live(world, program(sources), { batches: 1 });
    return seen;
  }

  /** A source by its name; the source continues in its queue. */
  function sourcesOf() {
    const queues = { fast: batches.fast.map((batch) => [...batch]), slow: batches.slow.map((batch) => [...batch]) }; // prettier-ignore
    const unnamed = (ssc: StreamingContext, name: 'fast' | 'slow') =>
      ssc.queueStream(queues[name]).assignTimestamps((atMs) => atMs);
    const named = (ssc: StreamingContext, name: 'fast' | 'slow') => unnamed(ssc, name).uid(name);
    return { named, unnamed };
  }

  it('finds sources with a uid in any order', async () => {
    const { named } = sourcesOf();
    const seen = await watermarks(
      (ssc) => [named(ssc, fast), named(ssc, slow)],
      (ssc) => [named(ssc, slow), named(ssc, fast)],
    );
    // By place, 50 would count as the newest time of the slow source.
    expect(seen).toEqual([10, 10]);
  });

  it('finds sources without a uid in their places, in any order of the union', async () => {
    const { unnamed } = sourcesOf();
    const both = (ssc: StreamingContext) => [unnamed(ssc, fast), unnamed(ssc, slow)];
    expect(await watermarks(both, (ssc) => both(ssc).toReversed())).toEqual([10, 10]);
  });

  it('allows sources with a uid to be added and removed', async () => {
    const more = sourcesOf().named;
    const one = (ssc: StreamingContext) => [more(ssc, fast)];
    expect(await watermarks(one, (ssc) => [more(ssc, slow), ...one(ssc)])).toEqual([50, 50]);
    const less = sourcesOf().named;
    const seen = await watermarks(
      (ssc) => [less(ssc, slow), less(ssc, fast)],
      (ssc) => [less(ssc, fast)],
    );
    expect(seen).toEqual([10, 60]);
  });

  it('keeps its value when a source with a uid is away for a while', async () => {
    const { named } = sourcesOf();
    const both = (ssc: StreamingContext) => [named(ssc, fast), named(ssc, slow)];
    const seen = await watermarks(both, (ssc) => [named(ssc, fast)], both);
    // When the slow source is back at 10, the watermark does not go back.
    expect(seen).toEqual([10, 60, 60]);
  });

  it('is refused when a source without a uid has another place', async () => {
    const { unnamed } = sourcesOf();
    const moved = watermarks(
      (ssc) => [unnamed(ssc, fast), unnamed(ssc, slow)],
      (ssc) => {
        const sources = [unnamed(ssc, fast)];
        ssc.queueStream([]).map(() => 'something new in between');
        return [...sources, unnamed(ssc, slow)];
      },
    );
    await expect(moved).rejects.toMatchObject({
      code: 'MR_EVENT_TIME_SOURCES_CHANGED',
      message: expect.stringContaining('uid'),
      details: { operator: 'all.state', missing: ['3-assignTimestamps'] },
    });
  });

  it('is refused for two sources of one name', () => {
    const world = new RestartWorld();
    const { named } = sourcesOf();
    const twice = (ssc: StreamingContext) => void named(ssc, fast).union(named(ssc, fast));
    expect(() => world.begin(twice)).toThrow(expect.objectContaining({ code: 'MR_GRAPH_DUPLICATE_UID' }));
  });
});
