import { describe, expect, it } from 'vitest';
import { StreamFixture } from '../../test/stream-fixture.ts';

const code = (expected: string) => expect.objectContaining({ code: expected });

describe('the times of a stream', () => {
  it('begin one slide after the zero time and continue by slides', () => {
    const fixture = new StreamFixture({ zeroTime: 500 });
    const stream = fixture.queue([]);
    const window = stream.window(2_000, 2_000);
    fixture.record(window);
    fixture.start();
    const valid = (of: { isTimeValid(time: number): boolean }) =>
      [-500, 500, 1_000, 1_500, 2_500, 3_500, 4_500].filter((time) => of.isTimeValid(time));
    expect(valid(stream)).toEqual([1_500, 2_500, 3_500, 4_500]);
    expect(valid(window)).toEqual([2_500, 4_500]);
  });

  it('are unknown before the start, and for a stream that no output reads', () => {
    const fixture = new StreamFixture();
    const stream = fixture.queue([]);
    const unread = stream.map((n) => n);
    expect(() => stream.isTimeValid(1_000)).toThrow(code('MR_GRAPH_NOT_STARTED'));
    fixture.record(stream);
    fixture.start();
    expect(() => unread.getOrCompute(1_000)).toThrow(code('MR_GRAPH_NOT_STARTED'));
  });
});

describe('the RDD of a batch', () => {
  it('is made once and named after batch and operator', async () => {
    const fixture = new StreamFixture();
    const stream = fixture
      .queue([[1]])
      .map((n) => n)
      .uid('same');
    fixture.record(stream);
    fixture.record(stream);
    await fixture.runBatch(1_000);
    const rdd = stream.getOrCompute(1_000);
    expect(rdd?.id).toBe('1000/same');
    expect(stream.getOrCompute(1_000)).toBe(rdd);
  });

  it('does not exist at a time that is not of the stream', async () => {
    const fixture = new StreamFixture();
    const stream = fixture.queue([[1]]);
    fixture.record(stream);
    await fixture.runBatch(1_000);
    expect([stream.getOrCompute(0), stream.getOrCompute(1_500)]).toEqual([undefined, undefined]);
  });

  it('is kept in memory when the stream is persisted', async () => {
    const fixture = new StreamFixture();
    let computed = 0;
    const stream = fixture
      .queue([[1, 2]])
      .map((n) => (computed++, n))
      .persist();
    fixture.record(stream);
    fixture.record(stream.map((n) => n));
    await fixture.run(1);
    expect(computed).toBe(2);
    expect(fixture.tasks.heldRecords.cached).toBe(2);
    await fixture.run(1);
    expect(fixture.tasks.heldRecords.cached).toBe(0);
  });
});

describe('uid', () => {
  it('replaces the automatic id of position and kind', () => {
    const fixture = new StreamFixture();
    const stream = fixture.queue([]).map((n) => n);
    expect(stream.id).toBe('1-map');
    expect(stream.uid('words').uid('lines').id).toBe('lines');
    expect(fixture.queue([]).uid('words').id).toBe('words');
  });

  it.each(['', '1-map', 'a b', 'a/b', '../x', 'ä', 'output-0'])('refuses %j', (uid) => {
    expect(() => new StreamFixture().queue([]).uid(uid)).toThrow(code('MR_GRAPH_INVALID_UID'));
  });

  it('refuses a uid that is in use, naming the owner', () => {
    const fixture = new StreamFixture();
    const stream = fixture.queue([]).uid('words');
    expect(stream.uid('words')).toBe(stream);
    const second = () => fixture.queue([]).uid('words');
    expect(second).toThrow(code('MR_GRAPH_DUPLICATE_UID'));
    expect(second).toThrow('the queue at position 0');
  });
});

describe('slice', () => {
  const sliced = async (rememberMs: number, batches: number, from: number, to: number) => {
    const fixture = new StreamFixture();
    const stream = fixture.queue([]);
    fixture.record(stream);
    fixture.graph.remember(rememberMs);
    fixture.start();
    await fixture.run(batches);
    return stream.slice(from, to).map((rdd) => rdd.id);
  };

  it('gives the remembered batches from first to last, both included', async () => {
    expect(await sliced(10_000, 5, 2_000, 4_000)).toEqual(['2000/0-queue', '3000/0-queue', '4000/0-queue']);
  });

  it('rounds both ends down to times of the stream', async () => {
    expect(await sliced(10_000, 5, 2_999, 3_999)).toEqual(['2000/0-queue', '3000/0-queue']);
  });

  it('leaves out batches that are forgotten, not made yet, or before the first batch', async () => {
    expect(await sliced(2_000, 5, -1_000, 99_000)).toEqual(['4000/0-queue', '5000/0-queue']);
    expect(await sliced(2_000, 0, 0, 1_000)).toEqual([]);
  });

  it('never makes an RDD of a batch before its input was taken', async () => {
    const fixture = new StreamFixture();
    const stream = fixture.queue([[1], [2]]);
    const seen = fixture.record(stream);
    await fixture.runBatch(1_000);
    stream.slice(1_000, 2_000);
    await fixture.runBatch(2_000);
    expect(seen.get(2_000)).toEqual([2]);
  });
});
