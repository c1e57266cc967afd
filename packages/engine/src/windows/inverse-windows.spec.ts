import { describe, expect, it } from 'vitest';
import { MemoryParts } from '../../test/memory-parts.ts';
import { StreamFixture } from '../../test/stream-fixture.ts';
import type { RDD } from '../rdd/rdd.ts';
import type { RddNode } from '../rdd/rdd-node.ts';
import type { DStream } from '../dstream/dstream.ts';

type Words = readonly [string, number][];

const add = (a: number, b: number) => a + b;
const subtract = (a: number, b: number) => a - b;

/** The records of a stream in each of these batches, as sorted text; `-` for an empty batch. */
async function overBatches<U>(
  batches: readonly Words[],
  build: (stream: DStream<[string, number]>) => DStream<U>,
): Promise<string[]> {
  const fixture = new StreamFixture();
  const seen = fixture.record(build(fixture.queue(batches.map((batch) => [...batch]))));
  await fixture.run(batches.length);
  return batches.map((_, index) => textOf(seen.get((index + 1) * 1_000)));
}

function textOf(records: readonly unknown[] | undefined): string {
  if (records === undefined) return '-';
  return records
    .map((record) => (Array.isArray(record) ? record.join('=') : String(record)))
    .toSorted()
    .join(' ');
}

const batches: Words[] = [
  [['a', 1], ['b', 1], ['a', 1]], // 1 s
  [['b', 2]], // 2 s
  [], // 3 s
  [['c', 1], ['b', -2]], // 4 s
  [], // 5 s
  [], // 6 s
  [['a', 5]], // 7 s
]; // prettier-ignore

describe('reduceByKeyAndWindow with an inverse function', () => {
  it.each<[string, number, number, string[]]>([
    ['longer than its slide', 3_000, 1_000, ['a=2 b=1', 'a=2 b=3', 'a=2 b=3', 'a=0 b=0 c=1', 'a=0 b=-2 c=1', 'a=0 b=-2 c=1', 'a=5 b=0 c=0']],
    ['as long as its slide', 2_000, 2_000, ['-', 'a=2 b=3', '-', 'a=0 b=-2 c=1', '-', 'a=0 b=0 c=0', '-']],
    ['that its slide does not divide', 3_000, 2_000, ['-', 'a=2 b=3', '-', 'a=0 b=0 c=1', '-', 'a=0 b=-2 c=1', '-']],
    ['shorter than its slide', 1_000, 3_000, ['-', '-', '', '-', '-', '', '-']],
    ['of one batch', 1_000, 1_000, ['a=2 b=1', 'a=0 b=2', 'a=0 b=0', 'a=0 b=-2 c=1', 'a=0 b=0 c=0', 'a=0 b=0 c=0', 'a=5 b=0 c=0']],
  ])('%s slides, and keys stay', async (_, windowMs, slideMs, expected) => {
    const seen = await overBatches(batches, (pairs) =>
      pairs.reduceByKeyAndWindow(add, windowMs, slideMs, { inverse: subtract }),
    );
    expect(seen).toEqual(expected);
  }); // prettier-ignore

  it('subtracts before it adds, and does neither for a key that begins anew', async () => {
    const calls: string[] = [];
    const fixture = new StreamFixture({ defaultParallelism: 1 });
    const values = fixture.queue([['a'], ['b'], ['c'], ['d']].map(([v]) => [['k', `${v}`] as const]));
    const window = (windowMs: number) =>
      values.reduceByKeyAndWindow(
        (left, right) => (calls.push(`${left}+${right}`), `${left}${right}`),
        windowMs,
        1_000,
        { inverse: (value, gone) => (calls.push(`${value}-${gone}`), value.slice(gone.length)) },
      );
    const seen = [fixture.record(window(2_000)), fixture.record(window(1_000))];
    await fixture.run(4);
    expect(seen.map((each) => [...each.values()].map(([pair]) => pair?.[1]))).toEqual([
      ['a', 'ab', 'bc', 'cd'],
      ['a', 'b', 'c', 'd'],
    ]);
    expect(calls).toEqual(['a+b', 'ab-a', 'b+c', 'bc-b', 'c+d']);
  });

  it('shows the pairs that the filter accepts, and forgets no key inside the window', async () => {
    // In the model system a key is removed when its sum is 0, and the key's second value is then subtracted from
    // nothing.
    const signed: Words[] = [[['k', 1]], [['k', -1]], [], [['k', 7]], [], []];
    const filtered = await overBatches(signed, (pairs) =>
      pairs.reduceByKeyAndWindow(add, 3_000, 1_000, { inverse: subtract, filter: ([, sum]) => sum !== 0 }),
    );
    expect(filtered).toEqual(['k=1', '', '', 'k=6', 'k=7', 'k=7']);
  });

  it('forgets keys that have left the window when there is a filter', async () => {
    const all = { inverse: subtract, filter: () => true };
    const seen = await overBatches(batches, (pairs) => pairs.reduceByKeyAndWindow(add, 2_000, 1_000, all));
    const anew = await overBatches(batches, (pairs) => pairs.reduceByKeyAndWindow(add, 2_000, 1_000));
    expect(seen).toEqual(anew);
  });

  it('tells undefined values from absent keys', async () => {
    const fixture = new StreamFixture();
    const seen = fixture.record(
      fixture
        .queue<readonly [string, undefined]>([[['u', undefined]], [], []])
        .reduceByKeyAndWindow(() => undefined, 2_000, 1_000, {
          inverse: () => undefined,
          filter: () => true,
        }),
    );
    await fixture.run(3);
    expect([...seen.values()]).toEqual([[['u', undefined]], [['u', undefined]], []]);
  });

  it.each([
    [2_500, 1_000, {}, 'MR_GRAPH_DURATION_NOT_MULTIPLE'],
    [2_000, 1_500, {}, 'MR_GRAPH_DURATION_NOT_MULTIPLE'],
    [0, 1_000, {}, 'MR_GRAPH_INVALID_ARGUMENT'],
    [2_000, 1_000, { partitions: 0 }, 'MR_GRAPH_INVALID_ARGUMENT'],
  ])('of %d ms every %d ms with %j is refused when it is made', (windowMs, slideMs, options, code) => {
    const pairs = new StreamFixture().queue<[string, number]>([]);
    expect(() =>
      pairs.reduceByKeyAndWindow(add, windowMs, slideMs, { ...options, inverse: subtract }),
    ).toThrow(expect.objectContaining({ code }));
  });
});

describe('windows of whole batches with an inverse function', () => {
  const values: Words[] = [[['a', 1]], [], [['b', 2], ['b', 3]], [], []]; // prettier-ignore

  it('reduceByWindow has no record before the first input, and the result of inverse after the last', async () => {
    const seen = await overBatches([[], ...values], (pairs) =>
      pairs.map(([, n]) => n).reduceByWindow(add, 2_000, 1_000, { inverse: subtract }),
    );
    expect(seen).toEqual(['', '1', '1', '5', '5', '0']);
  });

  it('countByWindow counts empty batches as 0', async () => {
    const seen = await overBatches([[], ...values], (pairs) => pairs.countByWindow(2_000));
    expect(seen).toEqual(['0', '1', '1', '2', '2', '0']);
  });

  it('countByValueAndWindow forgets values that have left the window', async () => {
    const seen = await overBatches(values, (pairs) => pairs.countByValueAndWindow(2_000));
    expect(seen).toEqual(['a,1=1', 'a,1=1', 'b,2=1 b,3=1', 'b,2=1 b,3=1', '']);
  });
});

describe('the past of a window with an inverse function', () => {
  it.each([
    ['collects', async (rdd: RDD<unknown>) => void (await rdd.collect())],
    ['takes one record', async (rdd: RDD<unknown>) => void (await rdd.take(1))],
    ['does nothing', () => undefined],
  ])('does not grow when the output %s', async (_, use) => {
    const fixture = new StreamFixture({ defaultParallelism: 3 });
    const window = fixture
      .queue(Array.from({ length: 60 }, (__, n) => [[n % 7, 1] as const]))
      .reduceByKeyAndWindow(add, 4_000, 1_000, { inverse: subtract });
    window.foreachRDD(use);
    await fixture.run(20);
    const before = [lineageOf(window.getOrCompute(20_000)), fixture.tasks.heldRecords];
    await fixture.run(40);
    expect([lineageOf(window.getOrCompute(60_000)), fixture.tasks.heldRecords]).toEqual(before);
    expect(before[0]).toBeLessThan(5);
  });

  it('stays available to a slower window', async () => {
    const fixture = new StreamFixture();
    const numbers = fixture.queue(Array.from({ length: 12 }, (_, n) => [n + 1]));
    const sums = numbers.reduceByWindow(add, 2_000, 1_000, { inverse: subtract });
    const seen = fixture.record(sums.window(4_000, 4_000));
    await fixture.run(12);
    expect([...seen.values()]).toEqual([[1, 3, 5, 7], [9, 11, 13, 15], [17, 19, 21, 23]]); // prettier-ignore
  });

  it('starts anew after a batch that was given up', async () => {
    const fixture = new StreamFixture();
    const seen = fixture.record(
      fixture
        .queue([1, 2, 3, 4, 5, 6].map((n) => [n]))
        .map((n) => {
          if (n === 3) throw new Error('no threes');
          return [n % 2, n];
        })
        .reduceByKeyAndWindow(add, 2_000, 1_000, { inverse: subtract, filter: () => true }),
    );
    for (let time = 1_000; time <= 6_000; time += 1_000) {
      await fixture.runBatch(time).catch(() => []);
      fixture.complete(time);
    }
    expect([...seen.keys()]).toEqual([1_000, 2_000, 5_000, 6_000]);
    expect([textOf(seen.get(5_000)), textOf(seen.get(6_000))]).toEqual(['0=4 1=5', '0=6 1=5']);
  });

  it('is computed once for several outputs', async () => {
    const fixture = new StreamFixture();
    let inverses = 0;
    const window = fixture
      .queue([['a'], ['a'], ['a']])
      .map((word) => [word, 1])
      .reduceByKeyAndWindow(add, 2_000, 1_000, { inverse: (sum, gone) => ((inverses += 1), sum - gone) });
    const seen = [fixture.record(window), fixture.record(window.map(([, sum]) => sum))];
    await fixture.run(3);
    expect([seen[0]?.get(3_000), seen[1]?.get(3_000), inverses]).toEqual([[['a', 2]], [2], 1]);
  });
});

describe('the checkpointed state of a window with an inverse function', () => {
  const parts = new MemoryParts();
  const every = { inverse: subtract, filter: () => true };

  it('is as of its batch, although later batches run during the export', async () => {
    const fixture = new StreamFixture();
    const window = fixture
      .queue([['a'], ['a', 'b'], ['b'], ['c'], ['d'], ['e']])
      .map((word) => [word, 1])
      .reduceByKeyAndWindow(add, 2_000, 1_000, every);
    fixture.record(window);
    await fixture.run(2);
    await window.state?.exportState(2_000, parts);
    await fixture.run(1);
    for (const time of [4_000, 5_000, 6_000]) await fixture.runBatch(time);
    const exporting = window.state?.exportState(3_000, parts);
    for (const time of [4_000, 5_000, 6_000]) fixture.complete(time);
    const kept = (await exporting) as { time: number; window: Uint8Array; batches: [number, Uint8Array][] };
    expect(fixture.codec.decodeRecords(kept.window).toSorted()).toEqual([
      ['a', 1, 1],
      ['b', 2, 2],
    ]);
    expect([kept.time, kept.batches.map(([time]) => time)]).toEqual([3_000, [2_000, 3_000]]);
    // Nothing is retained any more.
    fixture.complete(6_000);
    expect(fixture.environment.idsOf(`3000/${window.id}`)).toEqual([]);
  });

  it('is read from the executors once for each batch', async () => {
    const fixture = new StreamFixture();
    const window = fixture
      .queue([['a'], ['b'], ['c']])
      .map((word) => [word, 1])
      .reduceByKeyAndWindow(add, 5_000, 1_000, every);
    fixture.record(window);
    const encoded: number[] = [];
    const encode = fixture.codec.encodeRecords.bind(fixture.codec);
    fixture.codec.encodeRecords = (records) => (encoded.push(records.length), encode(records));
    for (let batch = 1; batch <= 3; batch += 1) {
      await fixture.run(1);
      await window.state?.exportState(batch * 1_000, parts);
      await window.state?.exportState(batch * 1_000, parts);
    }
    // The new batch and the window, in each checkpoint.
    expect(encoded).toEqual([1, 1, 1, 2, 1, 3]);
  });

  it('is empty before the first batch', async () => {
    const fixture = new StreamFixture();
    const window = fixture.queue<string>([]).countByValueAndWindow(2_000);
    expect(await window.state?.exportState(0, parts)).toMatchObject({ time: null, batches: [] });
  });

  it.each([[{ windowMs: 2_000 }], [undefined], ['x']])('is refused as %j', (data) => {
    const window = new StreamFixture().queue<string>([]).countByValueAndWindow(2_000);
    expect(() => window.state?.restoreState({ data, version: 1, batchTime: 0, parts })).toThrow(
      expect.objectContaining({ code: 'MR_GRAPH_WINDOW_CHANGED' }),
    );
  });
});

/** The number of RDDs in a lineage. */
function lineageOf(rdd: RddNode<unknown> | undefined): number {
  const seen = new Set<RddNode<unknown>>();
  const open = rdd === undefined ? [] : [rdd];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    for (const dependency of next.dependencies) open.push(dependency.rdd);
  }
  return seen.size;
}
