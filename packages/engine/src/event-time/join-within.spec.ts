// Joins by event time: results batch by batch, late records, changed programs, and refused arguments.
import fc from 'fast-check';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { keysHeld, recordsOf, runOverDeaths, type DeathAtStep } from '../../test/queue-world.ts';
import { RestartWorld } from '../../test/restart-world.ts';
import { StreamFixture } from '../../test/stream-fixture.ts';
import type { DStream, EventTimeStream, JoinWithinOptions, StreamingContext, TimestampOptions } from '../index.ts'; // prettier-ignore

/** A key, a time and a name, written `a@10 x`. */
type Event = readonly [key: string, atMs: number, name: string];

const eventsOf = (texts: readonly string[]): Event[] =>
  texts.map((text) => {
    const [key = '', at = '', name = text] = text.split(/[@ ]/);
    return [key, Number(at), name];
  });
const batchesOf = (batches: readonly (readonly string[])[]) => batches.map(eventsOf);

function timed(
  stream: DStream<Event>,
  uid: string,
  options: TimestampOptions = {},
): EventTimeStream<[string, string]> {
  return stream
    .assignTimestamps(([, atMs]) => atMs, options)
    .uid(uid)
    .map(([key, , name]) => [key, name]);
}

interface Program {
  readonly orders: readonly (readonly string[])[];
  readonly payments: readonly (readonly string[])[];
  readonly span: JoinWithinOptions;
  readonly times?: TimestampOptions;
}

/** Runs inner and outer join; the texts `key order-payment` of each batch. */
async function run({ orders, payments, span, times }: Program) {
  const world = new StreamFixture();
  const left = timed(world.queue(batchesOf(orders)), 'orders', times);
  const right = timed(world.queue(batchesOf(payments)), 'payments', times);
  const paid = left.joinWithin(right, span).uid('paid');
  const all = left.leftOuterJoinWithin(right, span).uid('all');
  expectTypeOf(paid).toExtend<DStream<[string, [string, string]]>>();
  expectTypeOf(all).toExtend<DStream<[string, [string, string | undefined]]>>();
  expectTypeOf(paid.lateRecords()).toEqualTypeOf<
    DStream<[string, [string | undefined, string | undefined]]>
  >();
  const seen = [paid, all, paid.lateRecords()].map((stream) => world.record<unknown>(stream));
  await world.run(orders.length);
  const text = (record: unknown) => {
    const [key, [one = '', other = '']] = record as [string, [string?, string?]];
    return `${key} ${one}-${other}`;
  };
  const [inner, outer, late] = seen.map((of) => [...of.values()].map((batch) => batch.map(text).toSorted()));
  return { inner, outer, late, events: world.events };
}

describe('a join by event time', () => {
  it('pairs values of a key within the span, in either order of arrival', async () => {
    const { inner } = await run({
      orders: [['a@100 o1', 'b@100 o2'], [], ['a@115 o3']],
      payments: [['a@90 p1', 'a@89 p2', 'b@121 p3'], ['a@120 p4', 'a@121 p5'], []],
      span: { beforeMs: 10, afterMs: 20 },
      times: { outOfOrdernessMs: 50 },
    });
    expect(inner).toEqual([['a o1-p1'], ['a o1-p4'], ['a o3-p4', 'a o3-p5']]);
  });

  it('gives a left value without a partner out once, when no partner can come any more', async () => {
    const { inner, outer } = await run({
      orders: [['a@10 o1', 'b@10 o2'], ['a@30 x'], ['a@31 x'], ['a@90 x']],
      payments: [['z@10 p'], ['b@20 p1', 'z@30 p'], ['z@31 p'], ['z@60 p']],
      span: { afterMs: 20 },
    });
    expect(inner).toEqual([[], ['b o2-p1'], [], []]);
    // At 30 a payment of 30 may still come, at 31 not any more. The watermark then stays at 60.
    expect(outer).toEqual([[], ['b o2-p1'], ['a o1-'], ['a x-', 'a x-']]);
  });

  it('has the earliest watermark of both streams, and late records with their side', async () => {
    const { inner, late, events } = await run({
      orders: [['a@50 o1'], ['a@39 o2', 'a@40 o3']],
      payments: [['a@40 p1'], ['a@39 p2', 'a@44 p3']],
      span: { beforeMs: 5, afterMs: 5 },
    });
    expect(late).toEqual([[], ['a -p2', 'a o2-']]);
    expect(inner).toEqual([[], ['a o3-p1', 'a o3-p3']]);
    expect(events).toContainEqual([
      'records:late',
      { late: { batchTime: 2_000, stream: 'paid', recordCount: 2 } },
    ]);
    expect(events).toContainEqual([
      'records:late',
      { late: { batchTime: 2_000, stream: 'all', recordCount: 2 } },
    ]);
  });

  it('counts records that are too far ahead as late', async () => {
    const { inner, late } = await run({
      orders: [['a@9000 o1'], ['a@10 o2']],
      payments: [['a@9000 p1'], ['a@10 p2']],
      span: {},
      times: { maxFutureMs: 100 },
    });
    expect([inner, late]).toEqual([
      [[], ['a o2-p2']],
      [['a -p1', 'a o1-'], []],
    ]);
  });

  it('joins a stream with itself', async () => {
    const world = new StreamFixture();
    const events = timed(world.queue(batchesOf([['a@1 x', 'a@2 y']])), 'events');
    const seen = world.record(events.joinWithin(events, { afterMs: 5 }));
    await world.run(1);
    expect(
      seen
        .get(1_000)
        ?.map(([, [one, other]]) => one + other)
        .toSorted(),
    ).toEqual(['xx', 'xy', 'yy']);
  });

  it('does not let a program change remembered values', async () => {
    const world = new StreamFixture();
    const left = world.queue([[[1, { tags: ['l'] }]], []] as [number, { tags: string[] }][][]);
    const right = world.queue([[[1, { tags: ['r'] }]], [[1, { tags: ['s'] }]]] as [
      number,
      { tags: string[] },
    ][][]);
    const pairs = [left, right].map((of) =>
      of.assignTimestamps(([atMs]) => atMs).map(([, value]) => ['k', value]),
    );
    const seen: string[] = [];
    pairs[0]?.joinWithin(pairs[1] as EventTimeStream<[string, { tags: string[] }]>, {}).foreachRDD(async (rdd) => {
      for (const [, [one, other]] of await rdd.collect()) {
        seen.push(`${one.tags.join()}${other.tags.join()}`);
        one.tags.push('changed');
        other.tags.push('changed');
      }
    }); // prettier-ignore
    await world.run(2);
    expect(seen).toEqual(['lr', 'ls']);
  });

  it('forgets records, so that the memory is bounded by the watermark', async () => {
    const world = new StreamFixture({ defaultParallelism: 1 });
    const batches = Array.from({ length: 20 }, (_, batch) => [`k${batch}@${10 * batch} x`]);
    const [left, right] = ['left', 'right'].map((name) => timed(world.queue(batchesOf(batches)), name));
    world.record((left as typeof right)!.leftOuterJoinWithin(right!, { beforeMs: 10, afterMs: 20 }));
    await world.run(20);
    // The watermark is 190: the left records from 170 on.
    expect(await keysHeld(world, 'leftOuterJoinWithin', 20_000)).toBe(3);
  });
});

interface Random {
  readonly orders: readonly (readonly Event[])[];
  readonly payments: readonly (readonly Event[])[];
  readonly span: { readonly beforeMs: number; readonly afterMs: number };
  readonly outOfOrdernessMs: number;
}

const LENGTH = 6;
const stream = fc.array(
  fc.array(
    fc.record({ key: fc.constantFrom('a', 'b'), atMs: fc.nat(60), name: fc.nat(9) }).map(({ key, atMs, name }): Event => [key, atMs, `${name}`]), // prettier-ignore
    { maxLength: 4 },
  ),
  { minLength: LENGTH, maxLength: LENGTH },
);
const random: fc.Arbitrary<Random> = fc.record({
  orders: stream,
  payments: stream,
  span: fc.record({ beforeMs: fc.constantFrom(0, 3, 20), afterMs: fc.constantFrom(0, 5, 30) }),
  outOfOrdernessMs: fc.constantFrom(0, 10, 40),
});

type Side = 'orders' | 'payments';

/** The naive account: every record that is not late is compared with every other one, for ever. */
function naive({ orders, payments, span, outOfOrdernessMs }: Random) {
  const newest = { orders: Number.NEGATIVE_INFINITY, payments: Number.NEGATIVE_INFINITY };
  const known: { side: Side; event: Event; batch: number; isDone: boolean }[] = [];
  let afterMs = Number.NEGATIVE_INFINITY;
  return Array.from({ length: Math.max(orders.length, payments.length) }, (_, batch) => {
    const beforeMs = afterMs;
    const inner: unknown[] = [];
    const late: unknown[] = [];
    for (const [side, events] of [['orders', orders[batch] ?? []], ['payments', payments[batch] ?? []]] as const) {
      for (const event of events) {
        newest[side] = Math.max(newest[side], event[1]);
        const alone = side === 'orders' ? [event[2], undefined] : [undefined, event[2]];
        if (event[1] < beforeMs) late.push([event[0], alone]);
        else known.push({ side, event, batch, isDone: false });
      }
    } // prettier-ignore
    afterMs = Math.max(beforeMs, Math.min(newest.orders, newest.payments) - outOfOrdernessMs);
    const partnersOf = ([key, atMs]: Event) =>
      known.filter(
        ({ side, event: [other, time] }) =>
          side === 'payments' && other === key && time >= atMs - span.beforeMs && time <= atMs + span.afterMs,
      );
    const unpaid: unknown[] = [];
    for (const order of known.filter(({ side }) => side === 'orders')) {
      const { event, isDone } = order;
      const partners = partnersOf(event);
      for (const partner of partners)
        if (Math.max(partner.batch, order.batch) === batch)
          inner.push([event[0], [event[2], partner.event[2]]]);
      if (isDone || event[1] + span.afterMs >= afterMs) continue;
      order.isDone = true;
      if (partners.length === 0) unpaid.push([event[0], [event[2], undefined]]);
    }
    return { inner, outer: [...inner, ...unpaid], late };
  });
}

const texts = (batches: readonly (readonly unknown[])[]) =>
  batches.map((batch) => batch.map((record) => JSON.stringify(record)).toSorted());

describe('joins by event time over random records', () => {
  const define =
    ({ span, outOfOrdernessMs }: Random, partitions: number) =>
    (ssc: Pick<StreamingContext, 'queueStream'>, queues: readonly unknown[][][]) => {
      const [orders, payments] = queues.map((queue) => ssc.queueStream(queue as Event[][]));
      if (orders === undefined || payments === undefined) throw new Error('two queues are needed');
      const left = timed(orders, 'orders', { outOfOrdernessMs });
      const right = timed(payments, 'payments', { outOfOrdernessMs });
      const inner = left.joinWithin(right, { ...span, partitions }).uid('inner');
      const outer = left.leftOuterJoinWithin(right, { ...span, partitions }).uid('outer');
      return { orders, payments, inner, outer, late: outer.lateRecords() };
    };

  async function expectNaive(
    plan: Random,
    partitions: number,
    deaths: readonly DeathAtStep[],
  ): Promise<void> {
    const queues = [plan.orders, plan.payments].map((batches) => batches.map((batch) => [...batch]));
    const seen = await runOverDeaths(queues, define(plan, partitions), deaths);
    // A driver that dies while it takes a batch may lose entries of a queue: the batches count as the outputs have them.
    const [orders = [], payments = []] = [seen.orders, seen.payments].map(
      (of) => recordsOf(of) as readonly Event[][],
    );
    const expected = naive({ ...plan, orders, payments });
    for (const name of ['inner', 'outer', 'late'] as const)
      expect([name, texts(recordsOf(seen[name]))]).toEqual([
        name,
        texts(expected.map((batch) => batch[name])),
      ]);
  }

  it('equal a naive account, on any number of partitions (BAT-4)', async () => {
    await fc.assert(
      fc.asyncProperty(random, fc.integer({ min: 1, max: 4 }), (plan, partitions) =>
        expectNaive(plan, partitions, []),
      ),
      { numRuns: 50 },
    );
  });

  it('equal a naive account over drivers that die at any step (STA-1, BAT-4)', async () => {
    const death = fc.record({
      steps: fc.integer({ min: 1, max: 250 }),
      downMs: fc.constantFrom(0, 1_000, 2_500),
    });
    await fc.assert(
      fc.asyncProperty(random, fc.array(death, { minLength: 1, maxLength: 3 }), (plan, deaths) =>
        expectNaive(plan, 2, deaths),
      ),
      { numRuns: 40 },
    );
  });
});

describe('a join by event time refuses', () => {
  const streams = () => {
    const world = new StreamFixture();
    const pairs = () => world.queue<[string, number]>([]).assignTimestamps(([, n]) => n);
    return [pairs(), pairs()] as const;
  };
  const refused = (text: string) =>
    expect.objectContaining({
      code: 'MR_GRAPH_INVALID_ARGUMENT',
      message: expect.stringContaining(text) as string,
    }) as Error;

  it.each([
    ['beforeMs', -1],
    ['beforeMs', 1.5],
    ['afterMs', Number.NaN],
    ['afterMs', Number.POSITIVE_INFINITY],
    ['partitions', 0],
    ['option withinMs', 5],
  ])('%s %s', (name, value) => {
    const [left, right] = streams();
    const options = { [name.replace('option ', '')]: value };
    expect(() => left.joinWithin(right, options)).toThrow(refused(name));
    expect(() => left.leftOuterJoinWithin(right, options)).toThrow(refused(name));
  });

  it('other values than options and streams with event time', () => {
    const [left] = streams();
    expect(() => left.joinWithin(left, undefined as never)).toThrow(refused('the options'));
    expect(() => left.joinWithin(left.records as never, {})).toThrow(refused('a stream with event time'));
    expect(() => left.leftOuterJoinWithin(undefined as never, {})).toThrow(refused('the other stream'));
  });

  it('streams that slide differently', () => {
    const world = new StreamFixture();
    const [one, other] = [1_000, 2_000].map((slideMs) =>
      world.queue<[string, number]>([]).window(slideMs, slideMs).assignTimestamps(([, n]) => n),
    ); // prettier-ignore
    expect(() => one?.joinWithin(other as NonNullable<typeof one>, {})).toThrow(
      expect.objectContaining({ code: 'MR_GRAPH_DIFFERENT_SLIDES' }),
    );
  });

  it('records that are no pairs', async () => {
    const world = new StreamFixture();
    const numbers = world.queue([[1]]).assignTimestamps((n) => n) as unknown as EventTimeStream<
      [string, number]
    >;
    world.record(numbers.joinWithin(numbers, {}));
    await expect(world.run(1)).rejects.toMatchObject({ cause: { code: 'MR_RDD_RECORD_NOT_PAIR' } });
  });

  it('nothing when operators were added in front: its uid names the watermark of both streams, too', async () => {
    const seen: unknown[][] = [];
    const live = async (world: RestartWorld, isChanged: boolean, isSelf: boolean) => {
      const life = world.begin((ssc) => {
        const events = ssc.queueStream<Event>([[['a', 50, 'x']], [['a', 52, 'y']]]);
        if (isChanged) events.map(([key]) => key);
        const left = timed(events, 'left');
        const right = isSelf ? left : timed(events, 'right');
        left.joinWithin(right, { afterMs: 5 }).uid('joined').foreachRDD(async (rdd) => void seen.push(await rdd.collect())); // prettier-ignore
      });
      await life.ssc.start();
      await world.pass(life, 1_000);
      world.kill();
    };
    for (const isSelf of [false, true]) {
      const world = new RestartWorld();
      await live(world, false, isSelf);
      await live(world, true, isSelf);
    }
    expect(seen.length).toBeGreaterThanOrEqual(4);
  });

  it('a checkpoint of a shorter span, and accepts one of a longer span', async () => {
    const world = new RestartWorld();
    const live = async (span: JoinWithinOptions) => {
      const life = world.begin((ssc) => {
        const [left, right] = ['left', 'right'].map((name) =>
          timed(ssc.queueStream<Event>([[['a', 1, 'x']]]), name),
        );
        (left as NonNullable<typeof right>)
          .joinWithin(right!, span)
          .uid('joined')
          .foreachRDD(() => undefined);
      });
      await life.ssc.start();
      await world.pass(life, 1_000);
      world.kill();
    };
    await live({ beforeMs: 10, afterMs: 10 });
    await live({ beforeMs: 5, afterMs: 10 });
    await expect(live({ beforeMs: 5, afterMs: 11 })).rejects.toMatchObject({
      code: 'MR_EVENT_TIME_JOIN_CHANGED',
      message: expect.stringMatching(/joined\.state.*5 ms before and 10 ms after.*11 ms after/),
    });
  });
});
