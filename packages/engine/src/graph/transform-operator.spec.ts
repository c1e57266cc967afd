import { describe, expect, it } from 'vitest';
import { StreamFixture } from '../../test/stream-fixture.ts';
import { transformStreams, unionStreams } from '../dstream/stream-combination.ts';
import { derivedStreams } from '../dstream/derived-streams.ts';
import { perBatch } from './stream-operator.ts';

const code = (expected: string) => expect.objectContaining({ code: expected });

describe('combining streams', () => {
  it('needs at least one', () => {
    expect(() => unionStreams([])).toThrow(code('MR_GRAPH_NO_PARENTS'));
    expect(() => transformStreams([], () => undefined as never)).toThrow(code('MR_GRAPH_NO_PARENTS'));
  });

  it('refuses an argument that is not a function, and further arguments', () => {
    const fixture = new StreamFixture();
    const [one, two] = [fixture.queue<number>([]), fixture.queue<number>([])];
    const untyped = one as unknown as Record<string, (...given: unknown[]) => unknown>;
    const fn = (rdd: unknown) => rdd;
    const invalid = code('MR_GRAPH_INVALID_ARGUMENT');
    expect(() => untyped['transform']?.(two)).toThrow(invalid);
    expect(() => untyped['transformWith']?.(two, two, fn)).toThrow(invalid);
    expect(() => untyped['transformWith']?.(two, fn, two)).toThrow(invalid);
    expect(() => untyped['transformWith']?.([two], fn)).toThrow(invalid);
    expect(() => untyped['foreachRDD']?.()).toThrow(invalid);
    expect(() => untyped['foreachPartition']?.('fn')).toThrow(invalid);
    expect(() => transformStreams([one, two], undefined as never)).toThrow(invalid);
    for (const join of ['join', 'cogroup', 'leftOuterJoin', 'rightOuterJoin', 'fullOuterJoin']) {
      expect(() => untyped[join]?.(two, two)).toThrow(invalid);
      expect(() => untyped[join]?.([two, two])).toThrow(invalid);
    }
  });

  it('works with one stream as with many', async () => {
    const fixture = new StreamFixture();
    const seen = fixture.record(unionStreams([fixture.queue([[1, 2]])]));
    await fixture.run(1);
    expect(seen.get(1_000)).toEqual([1, 2]);
  });

  it('gives transform the RDDs of all streams, each of its type', async () => {
    const fixture = new StreamFixture();
    const streams = [fixture.queue([[1, 2]]), fixture.queue([['a', 'b']])] as const;
    const lines = transformStreams(streams, ([numbers, words], batchTime) =>
      numbers.zipPartitions(words, (n, w) => [
        `${batchTime}: ${[...n].map((x) => x.toFixed(1))} ${[...w].join('')}`,
      ]),
    );
    const seen = fixture.record(lines);
    await fixture.run(1);
    expect(seen.get(1_000)).toEqual(['1000: 1.0 a', '1000: 2.0 b']);
  });

  it('refuses streams of different contexts', () => {
    const [one, two] = [new StreamFixture().queue<number>([]), new StreamFixture().queue<number>([])];
    expect(() => one.union(two)).toThrow(code('MR_GRAPH_MIXED_CONTEXTS'));
    expect(() => one.transformWith(two, (rdd) => rdd)).toThrow(code('MR_GRAPH_MIXED_CONTEXTS'));
  });

  it('refuses streams with different slides, until the slides are equal', () => {
    const stream = new StreamFixture().queue<number>([]);
    const slow = stream.window(2_000, 2_000);
    expect(() => stream.union(slow)).toThrow(code('MR_GRAPH_DIFFERENT_SLIDES'));
    expect(() => slow.map((n) => [n, n]).join(stream.map((n) => [n, n]))).toThrow(
      code('MR_GRAPH_DIFFERENT_SLIDES'),
    );
    expect(stream.window(1_000, 2_000).union(slow).slideMs).toBe(2_000);
  });

  it('fails the batch in which one of the streams has no RDD, naming the stream', async () => {
    const fixture = new StreamFixture();
    const numbers = fixture.queue([[1], [2]]);
    const none = derivedStreams.derived<number>(fixture, {
      ...perBatch({ kind: 'none', parent: numbers, build: (r) => r }),
      compute: () => undefined,
    });
    fixture.record(numbers.union(none));
    const failure = fixture.runBatch(1_000);
    await expect(failure).rejects.toThrow(code('MR_GRAPH_PARENT_RDD_MISSING'));
    await expect(failure).rejects.toThrow('union found no rdd of 1-none for batch 1000');
  });
});

describe('transform', () => {
  it.each([
    ['nothing', () => undefined],
    ['null', () => null],
  ])('fails the batch when it returns %s', async (_, fn) => {
    const fixture = new StreamFixture();
    fixture.record(fixture.queue([[1]]).transform(fn as never));
    await expect(fixture.runBatch(1_000)).rejects.toThrow(code('MR_GRAPH_TRANSFORM_RESULT'));
  });

  it('may return its argument, which then keeps the lifetime of its own stream', async () => {
    const fixture = new StreamFixture();
    const numbers = fixture.queue([[1], [2], [3]]);
    const same = fixture.record(numbers.transform((rdd) => rdd));
    const windows = fixture.record(numbers.window(3_000));
    await fixture.run(3);
    expect([...same.values()]).toEqual([[1], [2], [3]]);
    expect(windows.get(3_000)).toEqual([1, 2, 3]);
  });

  it('is called once a batch, and gives the same names after a failed attempt', async () => {
    const fixture = new StreamFixture();
    let calls = 0;
    const stream = fixture.queue([[1]]).transform((rdd) => {
      const doubled = rdd.map((n) => n * 2);
      if (++calls === 1) throw new Error('not yet');
      return doubled.map((n) => n + 1);
    });
    const seen = fixture.record(stream.map((n) => n));
    fixture.record(stream);
    await expect(fixture.runBatch(1_000)).rejects.toThrow('not yet');
    await fixture.runBatch(1_000);
    expect(calls).toBe(2);
    expect(seen.get(1_000)).toEqual([3]);
    expect(stream.getOrCompute(1_000)?.id).toBe('1000/1-transform#1');
  });
});
