import { describe, expect, it } from 'vitest';
import { StreamFixture } from '../../test/stream-fixture.ts';
import type { DStream } from './dstream.ts';

/**
 * Runs as many batches as the queue holds, and returns the records of the stream in each batch, sorted, as partitions
 * have no order.
 */
async function results<T, U>(batches: T[][], build: (stream: DStream<T>) => DStream<U>): Promise<U[][]> {
  const fixture = new StreamFixture();
  const seen = fixture.record(build(fixture.queue([...batches])));
  await fixture.run(batches.length);
  return [...seen.values()].map(sorted);
}

function sorted<U>(records: U[]): U[] {
  return records.toSorted((left, right) => (JSON.stringify(left) < JSON.stringify(right) ? -1 : 1));
}

type Pairs = [string, number][];

describe('DStream', () => {
  it.each<[string, (numbers: DStream<number>) => DStream<unknown>, unknown[][]]>([
    ['map', (s) => s.map((n) => n * 10), [[10, 20, 30], [], [40]]],
    ['flatMap', (s) => s.flatMap((n) => Array<number>(n).fill(n)), [[1, 2, 2, 3, 3, 3], [], [4, 4, 4, 4]]],
    ['filter', (s) => s.filter((n) => n % 2 === 0), [[2], [], [4]]],
    [
      'mapPartitions',
      (s) => s.mapPartitions((records) => [...records].map(String)),
      [['1', '2', '3'], [], ['4']],
    ],
    ['glom', (s) => s.repartition(1).glom(), [[[1, 2, 3]], [[]], [[4]]]],
    [
      'repartition',
      (s) => s.repartition(5).mapPartitions((_, partition) => [partition]),
      [
        [0, 1, 2, 3, 4],
        [0, 1, 2, 3, 4],
        [0, 1, 2, 3, 4],
      ],
    ],
    ['count', (s) => s.count(), [[3], [0], [1]]],
    ['reduce', (s) => s.reduce((a, b) => a + b), [[6], [], [4]]],
    ['union', (s) => s.union(s.map((n) => -n)), [[-1, -2, -3, 1, 2, 3], [], [-4, 4]]],
    [
      'countByValue',
      (s) => s.map((n) => n % 2).countByValue(),
      [
        [
          [0, 1],
          [1, 2],
        ],
        [],
        [[0, 1]],
      ],
    ],
    [
      'transform',
      (s) => s.transform((rdd, time) => rdd.map((n) => [time, n])),
      [
        [
          [1000, 1],
          [1000, 2],
          [1000, 3],
        ],
        [],
        [[3000, 4]],
      ],
    ],
    ['transformWith', (s) => s.transformWith(s.count(), (a, b) => a.union(b)), [[1, 2, 3, 3], [0], [1, 4]]],
  ])('%s works batch by batch', async (_, build, expected) => {
    expect(await results([[1, 2, 3], [], [4]], build)).toEqual(expected);
  });

  const left: Pairs = [
    ['a', 1],
    ['a', 2],
    ['b', 3],
  ];
  const other: [string, boolean][] = [
    ['a', true],
    ['c', false],
  ];

  it.each<
    [
      string,
      (pairs: DStream<[string, number]>, other: DStream<[string, boolean]>) => DStream<unknown>,
      unknown[],
    ]
  >([
    [
      'mapValues',
      (s) => s.mapValues((n) => n + 1),
      [
        ['a', 2],
        ['a', 3],
        ['b', 4],
      ],
    ],
    [
      'flatMapValues',
      (s) => s.flatMapValues((n) => (n === 2 ? [] : [n, n])),
      [
        ['a', 1],
        ['a', 1],
        ['b', 3],
        ['b', 3],
      ],
    ],
    [
      'groupByKey',
      (s) => s.groupByKey(),
      [
        ['a', [1, 2]],
        ['b', [3]],
      ],
    ],
    [
      'reduceByKey',
      (s) => s.reduceByKey((a, b) => a + b),
      [
        ['a', 3],
        ['b', 3],
      ],
    ],
    [
      'combineByKey',
      (s) =>
        s.combineByKey(
          (n) => `${n}`,
          (c, n) => c + n,
          (c, d) => c + d,
          { partitions: 1 },
        ),
      [
        ['a', '12'],
        ['b', '3'],
      ],
    ],
    [
      'cogroup',
      (s, o) => s.cogroup(o),
      [
        ['a', [[1, 2], [true]]],
        ['b', [[3], []]],
        ['c', [[], [false]]],
      ],
    ],
    [
      'join',
      (s, o) => s.join(o),
      [
        ['a', [1, true]],
        ['a', [2, true]],
      ],
    ],
    [
      'leftOuterJoin',
      (s, o) => s.leftOuterJoin(o),
      [
        ['a', [1, true]],
        ['a', [2, true]],
        ['b', [3, undefined]],
      ],
    ],
    [
      'rightOuterJoin',
      (s, o) => s.rightOuterJoin(o),
      [
        ['a', [1, true]],
        ['a', [2, true]],
        ['c', [undefined, false]],
      ],
    ],
    [
      'fullOuterJoin',
      (s, o) => s.fullOuterJoin(o, 3),
      [
        ['a', [1, true]],
        ['a', [2, true]],
        ['b', [3, undefined]],
        ['c', [undefined, false]],
      ],
    ],
  ])('%s works on pairs', async (_, build, expected) => {
    const fixture = new StreamFixture();
    const seen = fixture.record(build(fixture.queue([left]), fixture.queue([other])));
    await fixture.run(2);
    expect(sorted(seen.get(1_000) ?? [])).toEqual(expected);
    expect(seen.get(2_000)).toEqual([]);
  });

  it('passes the partition number to mapPartitions', async () => {
    const fixture = new StreamFixture();
    const seen = fixture.record(
      fixture.queue([[1, 2, 3, 4]]).mapPartitions((records, p) => [[p, ...records]]),
    );
    await fixture.run(1);
    expect(seen.get(1_000)).toEqual([
      [0, 1, 2],
      [1, 3, 4],
    ]);
  });

  it('keeps the records in the order of the streams in a union', async () => {
    const fixture = new StreamFixture();
    const [a, b, c] = [fixture.queue([[1]]), fixture.queue([[2]]), fixture.queue([[3]])];
    const seen = fixture.record(c.union(a, b));
    await fixture.run(1);
    expect(seen.get(1_000)).toEqual([3, 1, 2]);
  });

  it.each([0, -1, 1.5, Number.NaN])('refuses %d partitions when the operator is made', (partitions) => {
    const pairs = new StreamFixture().queue<[string, number]>([]);
    const expected = expect.objectContaining({ code: 'MR_GRAPH_INVALID_ARGUMENT' });
    expect(() => pairs.repartition(partitions)).toThrow(expected);
    expect(() => pairs.groupByKey(partitions)).toThrow(expected);
    expect(() => pairs.join(pairs, partitions)).toThrow(expected);
  });

  it('cannot be extended, renamed or persisted after the start', async () => {
    const fixture = new StreamFixture();
    const stream = fixture.queue([[1]]);
    fixture.record(stream);
    fixture.start();
    expect(() => stream.map((n) => n)).toThrow('map after start');
    expect(() => stream.print()).toThrow('print after start');
    expect(() => stream.uid('late')).toThrow('uid after start');
    expect(() => stream.persist()).toThrow('persist after start');
  });
});
