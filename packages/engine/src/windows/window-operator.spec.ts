import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { StreamFixture } from '../../test/stream-fixture.ts';
import type { DStream } from '../dstream/dstream.ts';

/** The records of a stream in every batch, from a queue that holds `[1]`, `[2]`, `[3]`, …; `-` for an empty batch. */
async function overBatches<U>(
  batches: number,
  build: (stream: DStream<number>) => DStream<U>,
): Promise<(U[] | '-')[]> {
  const fixture = new StreamFixture({ defaultParallelism: 1 });
  const seen = fixture.record(
    build(fixture.queue(Array.from({ length: batches }, (_, index) => [index + 1]))),
  );
  await fixture.run(batches);
  return Array.from({ length: batches }, (_, index) => seen.get((index + 1) * 1_000) ?? '-');
}

describe('a window', () => {
  it.each<[string, number, number, (number[] | '-')[]]>([
    ['as long as its slide', 1_000, 1_000, [[1], [2], [3], [4], [5], [6]]],
    ['longer than its slide', 3_000, 1_000, [[1], [1, 2], [1, 2, 3], [2, 3, 4], [3, 4, 5], [4, 5, 6]]],
    ['that its slide does not divide', 3_000, 2_000, ['-', [1, 2], '-', [2, 3, 4], '-', [4, 5, 6]]],
    ['shorter than its slide', 2_000, 3_000, ['-', '-', [2, 3], '-', '-', [5, 6]]],
  ])('%s holds the last batches, oldest first', async (_, windowMs, slideMs, expected) => {
    expect(await overBatches(6, (stream) => stream.window(windowMs, slideMs))).toEqual(expected);
  });

  it('slides as its parent by default, also over another window', async () => {
    const seen = await overBatches(6, (stream) => stream.window(2_000, 2_000).window(4_000));
    expect(seen).toEqual(['-', [1, 2], '-', [1, 2, 3, 4], '-', [3, 4, 5, 6]]);
  });

  it('is an empty batch where its batches are empty', async () => {
    const fixture = new StreamFixture();
    const seen = fixture.record(fixture.queue<number>([[1]]).window(2_000));
    await fixture.run(3);
    expect([...seen.values()]).toEqual([[1], [1], []]);
  });

  it.each([
    [1_500, 1_000, 'MR_GRAPH_DURATION_NOT_MULTIPLE'],
    [2_000, 500, 'MR_GRAPH_DURATION_NOT_MULTIPLE'],
    [0, 1_000, 'MR_GRAPH_INVALID_ARGUMENT'],
    [2_000, -1_000, 'MR_GRAPH_INVALID_ARGUMENT'],
  ])('of %d ms every %d ms is refused when it is made', (windowMs, slideMs, code) => {
    const stream = new StreamFixture().queue([]);
    expect(() => stream.window(windowMs, slideMs)).toThrow(expect.objectContaining({ code }));
  });

  it('names both durations in its error', () => {
    const stream = new StreamFixture().queue([]).window(2_000, 2_000);
    expect(() => stream.window(3_000)).toThrow(
      'windowMs of window must be a multiple of the slide of 1-window, 2000 ms, but is 3000 ms',
    );
  });

  it('keeps its parent in memory, and passes persist on to it', async () => {
    const fixture = new StreamFixture();
    const parent = fixture.queue([[1]]);
    const window = parent.window(2_000).persist();
    fixture.record(window);
    await fixture.runBatch(1_000);
    expect([parent.isPersisted, window.isPersisted]).toEqual([true, false]);
    expect(parent.getOrCompute(1_000)?.isPersisted).toBe(true);
  });
});

describe('operators over a window', () => {
  const pairs = (stream: DStream<number>) => stream.map((n) => [n % 2 === 0 ? 'even' : 'odd', n]);

  it.each<[string, (stream: DStream<number>) => DStream<unknown>, unknown[]]>([
    ['reduceByWindow', (s) => s.reduceByWindow((a, b) => a + b, 2_000), [[1], [3], [5]]],
    ['countByWindow', (s) => s.countByWindow(2_000), [[1], [2], [2]]],
    [
      'countByValueAndWindow',
      (s) => s.map((n) => n > 1).countByValueAndWindow(2_000),
      [
        [[false, 1]],
        [
          [false, 1],
          [true, 1],
        ],
        [[true, 2]],
      ],
    ],
    [
      'groupByKeyAndWindow',
      (s) => pairs(s).groupByKeyAndWindow(3_000),
      [
        [['odd', [1]]],
        [
          ['odd', [1]],
          ['even', [2]],
        ],
        [
          ['odd', [1, 3]],
          ['even', [2]],
        ],
      ],
    ],
    [
      'reduceByKeyAndWindow',
      (s) => pairs(s).reduceByKeyAndWindow((a, b) => a + b, 3_000),
      [
        [['odd', 1]],
        [
          ['odd', 1],
          ['even', 2],
        ],
        [
          ['odd', 4],
          ['even', 2],
        ],
      ],
    ],
  ])('%s: the first windows are partial', async (_, build, expected) => {
    expect(await overBatches(3, build)).toEqual(expected);
  });

  it('countByWindow of nothing is 0, reduceByWindow of nothing is no record', async () => {
    const fixture = new StreamFixture();
    const stream = fixture.queue<number>([]);
    const counts = fixture.record(stream.countByWindow(2_000));
    const sums = fixture.record(stream.reduceByWindow((a, b) => a + b, 2_000));
    await fixture.run(2);
    expect([...counts.values(), ...sums.values()]).toEqual([[0], [0], [], []]);
  });

  it('reduceByKeyAndWindow moves no record twice', async () => {
    const fixture = new StreamFixture();
    const seen = pairs(
      fixture.queue([
        [1, 2],
        [3, 4],
      ]),
    ).reduceByKeyAndWindow((a, b) => a + b, 2_000, 1_000, 3);
    fixture.record(seen);
    await fixture.runBatch(1_000);
    expect(seen.getOrCompute(1_000)?.dependencies.map(({ kind }) => kind)).not.toContain('shuffle');
  });

  it('reduceByKeyAndWindow equals reducing all records of the window anew', async () => {
    const batch = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.integer({ min: -9, max: 9 })), {
      maxLength: 6,
    });
    const program = fc.record({
      batches: fc.array(batch, { minLength: 1, maxLength: 8 }),
      window: fc.integer({ min: 1, max: 4 }),
      slide: fc.integer({ min: 1, max: 4 }),
      parallelism: fc.integer({ min: 1, max: 3 }),
    });
    const check = async (p: typeof program extends fc.Arbitrary<infer P> ? P : never) => {
      const fixture = new StreamFixture({ defaultParallelism: p.parallelism });
      const sums = fixture
        .queue([...p.batches])
        .reduceByKeyAndWindow((a, b) => a + b, p.window * 1_000, p.slide * 1_000);
      const seen = fixture.record(sums);
      await fixture.run(p.batches.length);
      for (let k = p.slide; k <= p.batches.length; k += p.slide) {
        const naive = new Map<string, number>();
        for (const [key, n] of p.batches.slice(Math.max(0, k - p.window), k).flat()) {
          naive.set(key, (naive.get(key) ?? 0) + n);
        }
        expect(new Map(seen.get(k * 1_000))).toEqual(naive);
      }
      expect(seen.size).toBe(Math.floor(p.batches.length / p.slide));
    };
    await fc.assert(fc.asyncProperty(program, check), { numRuns: 60 });
  });
});
