import { describe, expect, it } from 'vitest';
import { StreamFixture } from '../../test/stream-fixture.ts';
import type { DStream } from '../dstream/dstream.ts';

const code = (expected: string) => expect.objectContaining({ code: expected });

describe('starting a graph', () => {
  it('needs an output operation', () => {
    const fixture = new StreamFixture();
    fixture.queue([]).map((n) => n);
    expect(() => fixture.start()).toThrow(code('MR_GRAPH_NO_OUTPUT_OPERATION'));
  });

  it('happens once', () => {
    const fixture = new StreamFixture();
    fixture.record(fixture.queue([]));
    fixture.start();
    expect(() => fixture.graph.start(0)).toThrow(code('MR_GRAPH_ALREADY_STARTED'));
  });

  it('warns of an input that no output reads', () => {
    const fixture = new StreamFixture();
    fixture.queue([]).uid('unread');
    fixture.record(fixture.queue([]));
    fixture.start();
    expect(fixture.log.lines).toMatchObject([{ level: 'warn', fields: { stream: 'unread' } }]);
  });
});

describe('lifetimes', () => {
  const remembered = (
    rememberMs: number | undefined,
    build: (stream: DStream<number>) => DStream<number>[],
  ) => {
    const fixture = new StreamFixture();
    const input = fixture.queue<number>([]);
    const streams = [input, ...build(input)];
    fixture.record(streams.at(-1) ?? input);
    if (rememberMs !== undefined) fixture.graph.remember(rememberMs);
    fixture.start();
    expect(fixture.graph.maxInputRememberMs).toBe(input.rememberMs);
    return streams.map((stream) => stream.rememberMs);
  };

  it('are one slide where no reader needs more', () => {
    expect(remembered(undefined, (s) => [s.map((n) => n)])).toEqual([1_000, 1_000]);
  });

  it('are never less than the configured remember duration', () => {
    expect(remembered(5_000, (s) => [s.map((n) => n)])).toEqual([5_000, 5_000]);
  });

  it('add the length of a window to its parent', () => {
    const windowed = (s: DStream<number>) => {
      const window = s.window(3_000, 2_000);
      return [window, window.window(4_000, 4_000)];
    };
    expect(remembered(undefined, windowed)).toEqual([11_000, 8_000, 4_000]);
    expect(remembered(10_000, windowed)).toEqual([17_000, 14_000, 10_000]);
  });

  it('follow the most demanding reader', () => {
    const both = (s: DStream<number>) => {
      const mapped = s.map((n) => n);
      const short = mapped.window(2_000);
      return [mapped, short, mapped.window(5_000).union(short)];
    };
    expect(remembered(undefined, both)).toEqual([6_000, 6_000, 1_000, 1_000]);
  });

  it('cannot be set twice', () => {
    const { graph } = new StreamFixture();
    graph.remember(1);
    expect(() => graph.remember(2)).toThrow(code('MR_GRAPH_REMEMBER_ALREADY_SET'));
  });

  it('are computed for a program of ten thousand operators', () => {
    const fixture = new StreamFixture();
    let stream: DStream<number> = fixture.queue<number>([]);
    for (let depth = 0; depth < 10_000; depth += 1) stream = stream.map((n) => n);
    fixture.record(stream.window(2_000));
    fixture.start();
    expect(fixture.graph.maxInputRememberMs).toBe(3_000);
  });
});

describe('clean-up', () => {
  it('forgets each RDD when its batch and all batches that read it are done', async () => {
    const fixture = new StreamFixture();
    const input = fixture.queue([[1], [2], [3], [4]]).uid('in');
    fixture.record(input.window(2_000).uid('window'));
    await fixture.run(4);
    expect(fixture.forgotten.map(({ rddIds }) => rddIds)).toEqual([
      [],
      ['1000/window'],
      ['2000/window'],
      ['1000/in', '3000/window'],
    ]);
  });

  it('forgets all RDDs that an operator and an output made for a batch', async () => {
    const fixture = new StreamFixture();
    const held: unknown[] = [];
    fixture
      .queue([[1]])
      .uid('in')
      .count()
      .uid('count')
      .foreachRDD((rdd) => held.push(rdd.map((n) => n)));
    await fixture.run(2);
    expect(fixture.forgotten[0]?.rddIds).toEqual(['1000/output-0']);
    expect(fixture.forgotten[1]?.rddIds).toEqual([
      '1000/in',
      '1000/count',
      '1000/count#1',
      '1000/count#2',
      '2000/output-0',
    ]);
  });

  it('leaves nothing behind over a thousand batches', async () => {
    const fixture = new StreamFixture();
    const pairs = fixture.queue<[string, number]>([], {
      defaultEntry: [
        ['a', 1],
        ['b', 2],
      ],
    });
    fixture.record(pairs.reduceByKeyAndWindow((a, b) => a + b, 3_000, 2_000));
    const known = (from: number, to: number) =>
      Array.from({ length: (to - from) / 1_000 }, (_, index) => from + index * 1_000)
        .flatMap((time) => fixture.graph.streams.map((stream) => `${time}/${stream.id}`))
        .flatMap((scope) => fixture.environment.idsOf(scope));
    await fixture.run(20);
    const records = fixture.tasks.heldRecords;
    await fixture.run(1_000);
    expect(known(1_000, 1_014_000)).toEqual([]);
    expect(fixture.tasks.heldRecords).toEqual(records);
  });
});

describe('output operations', () => {
  it('keep their numbers when other outputs have no work', async () => {
    const fixture = new StreamFixture();
    const input = fixture.queue([[1], [2]]);
    input.window(2_000, 2_000).print(1, { write: () => {} });
    input.foreachRDD(() => {});
    const first = await fixture.runBatch(1_000);
    const second = await fixture.runBatch(2_000);
    const numbers = (jobs: typeof first) => jobs.map(({ outputOperation, name }) => [outputOperation, name]);
    expect(numbers(first)).toEqual([[1, 'foreachRDD at 0-queue']]);
    expect(numbers(second)).toEqual([
      [0, 'print at 1-window'],
      [1, 'foreachRDD at 0-queue'],
    ]);
  });

  it('make no job for a batch in which the stream has no RDD', async () => {
    const fixture = new StreamFixture();
    fixture.record(fixture.queue([[1]]).window(2_000, 2_000));
    expect(await fixture.runBatch(1_000)).toEqual([]);
  });
});

describe('making a batch again', () => {
  it('gives the same records under the same names (BAT-4)', async () => {
    const fixture = new StreamFixture();
    const input = fixture.queue([[1], [2]]);
    const seen = fixture.record(input.map((n) => n));
    await fixture.runBatch(1_000);
    const first = seen.get(1_000);
    await fixture.runBatch(1_000);
    expect([first, seen.get(1_000)]).toEqual([[1], [1]]);
    expect(fixture.reports).toHaveLength(1);
  });
});

describe('fingerprint', () => {
  const of = (build: (stream: DStream<number>) => DStream<unknown>, parallelism = 2) => {
    const fixture = new StreamFixture({ defaultParallelism: parallelism });
    fixture.record(build(fixture.queue<number>([])));
    return fixture.graph.fingerprint();
  };

  it('is the same for the same program with other functions', () => {
    expect(of((s) => s.map((n) => n))).toBe(of((s) => s.map((n) => n * 2)));
  });

  it.each<
    [string, (stream: DStream<number>) => DStream<unknown>, (stream: DStream<number>) => DStream<unknown>]
  >([
    ['an operator', (s) => s.map((n) => n), (s) => s.filter(() => true)],
    ['a uid', (s) => s.map((n) => n), (s) => s.map((n) => n).uid('x')],
    ['the length of a window', (s) => s.window(2_000), (s) => s.window(3_000)],
    ['the slide of a window', (s) => s.window(2_000), (s) => s.window(2_000, 2_000)],
    ['a number of partitions', (s) => s.repartition(2), (s) => s.repartition(3)],
    ['the order of streams', (s) => s.union(s.map((n) => n)), (s) => s.map((n) => n).union(s)],
  ])('changes with %s', (_, one, other) => {
    expect(of(one)).not.toBe(of(other));
  });

  it('changes with the default parallelism and the outputs', () => {
    expect(of((s) => s, 2)).not.toBe(of((s) => s, 3));
    const fixture = new StreamFixture();
    fixture.queue<number>([]).print();
    expect(fixture.graph.fingerprint()).not.toBe(of((s) => s));
  });
});

describe('finding the RDD of a task', () => {
  /** The same program twice: `driver` makes the batches, `executor` only gets tasks. */
  const programs = () => {
    const [driver, executor] = [new StreamFixture(), new StreamFixture()];
    for (const fixture of [driver, executor]) {
      const input = fixture.queue(fixture === driver ? [[1, 2], [3]] : []);
      fixture.record(input.map((n) => [n % 2, n]).reduceByKeyAndWindow((a, b) => a + b, 2_000, 2_000));
      fixture.start();
    }
    return { driver, executor };
  };

  it('makes RDDs that the executor has not made, under the same names', async () => {
    const { driver, executor } = programs();
    await driver.runBatch(1_000);
    await driver.runBatch(2_000);
    for (const time of [1_000, 2_000])
      executor.graph.restoreInputs(time, structuredClone(driver.graph.inputsOf(time)));
    const name = '1000/2-reduceByKey';
    const found = executor.graph.find(2_000, 0, name);
    expect(found.id).toBe(name);
    expect(driver.environment.find(name)?.partitionCount).toBe(found.partitionCount);
    expect(executor.environment.idsOf('1000/1-map')).toEqual(driver.environment.idsOf('1000/1-map'));
  });

  it('refuses a name that the program does not make', async () => {
    const { driver } = programs();
    await driver.runBatch(1_000);
    expect(() => driver.graph.find(1_000, 0, '1000/9-map')).toThrow(code('MR_GRAPH_UNKNOWN_RDD'));
    expect(() => driver.graph.find(1_000, 7, '1000/1-map#5')).toThrow(code('MR_GRAPH_UNKNOWN_RDD'));
  });
});
