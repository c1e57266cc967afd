// Programs of ten thousand operators in a row: no part of the engine may depend on the depth of the stack.
import { expect, it } from 'vitest';
import { RddCluster } from '../../test/rdd-cluster.ts';
import { RestartWorld } from '../../test/restart-world.ts';
import { StreamFixture } from '../../test/stream-fixture.ts';
import type { StreamingContext } from '../context/streaming-context.ts';
import type { RDD } from '../rdd/rdd.ts';
import type { DStream } from './dstream.ts';

const DEPTH = 10_000;

function repeated<S>(first: S, next: (stream: S) => S, times = DEPTH): S {
  let stream = first;
  for (let time = 0; time < times; time += 1) stream = next(stream);
  return stream;
}

type Numbers = DStream<number>;
type Counts = DStream<[string, number]>;

it.each<readonly [string, (numbers: Numbers) => Numbers, number]>([
  ['maps', (s) => s.map((n) => n + 1), DEPTH + 1],
  ['filters', (s) => s.filter(() => true), 1],
  ['flatMaps', (s) => s.flatMap((n) => [n]), 1],
  ['transforms', (s) => s.transform((rdd) => rdd.map((n) => n + 1)), DEPTH + 1],
  ['transforms of partitions', (s) => s.transform((rdd) => rdd.mapPartitions((records) => records)), 1],
  ['mapPartitions', (s) => s.mapPartitions((records) => Array.from(records, (n) => n + 1)), DEPTH + 1],
  ['windows', (s) => s.window(1_000), 1],
])('%s', { timeout: 60_000 }, async (_, next, expected) => {
  const fixture = new StreamFixture({ defaultParallelism: 1 });
  const deep = repeated<Numbers>(fixture.queue([[1], [1]]), next);
  const seen = fixture.record(deep);
  expect(fixture.graph.fingerprint()).toHaveLength(64);
  expect(fixture.graph.shape().length).toBeGreaterThan(DEPTH);
  await fixture.runBatch(1_000);
  await fixture.runBatch(2_000);
  expect([...seen.values()]).toEqual([[expected], [expected]]);
});

it('unions, of records in the partitions of their keys', { timeout: 60_000 }, async () => {
  const fixture = new StreamFixture({ defaultParallelism: 2 });
  const counts: Counts = fixture.queue<[string, number]>([[['a', 1]]]).reduceByKey((a, b) => a + b);
  const nothing = counts.filter(() => false);
  const seen = fixture.record(repeated<Counts>(counts, (s) => s.union(nothing)));
  await fixture.runBatch(1_000);
  expect([...seen.values()]).toEqual([[['a', 1]]]);
});

it('a union of ten thousand streams', { timeout: 60_000 }, async () => {
  const fixture = new StreamFixture({ defaultParallelism: 1 });
  const numbers = fixture.queue([[1]]);
  const streams = Array.from({ length: DEPTH }, () => numbers.map((n) => n));
  const seen = fixture.record(numbers.union(...streams).reduce((a, b) => a + b));
  await fixture.runBatch(1_000);
  expect([...seen.values()]).toEqual([[DEPTH + 1]]);
});

it.each<readonly [string, (rdd: RDD<number>) => RDD<number>]>([
  ['maps', (rdd) => rdd.map((n) => n)],
  ['flatMaps', (rdd) => rdd.flatMap((n) => [n])],
  ['mapPartitions', (rdd) => rdd.mapPartitions((records) => records)],
  ['persisted mapPartitions', (rdd) => rdd.mapPartitions((records) => records).persist()],
  ['unions', (rdd) => rdd.union(rdd.environment.empty())],
  ['coalesced unions', (rdd) => rdd.union(rdd.filter(() => false)).coalesce(1)],
  [
    'zips',
    (rdd) =>
      rdd.zipPartitions(
        rdd.filter(() => false),
        (left) => left,
      ),
  ],
])('an RDD of %s', { timeout: 60_000 }, async (name, next) => {
  const { environment } = new RddCluster();
  // Both inputs of a zip and of a coalesced union lead to all RDDs before.
  const isTree = name === 'zips' || name === 'coalesced unions';
  const deep = repeated(environment.parallelize([7], 1), next, isTree ? 10 : DEPTH);
  expect(await deep.collect()).toEqual([7]);
  expect(
    await deep
      .map((n) => [n, 1])
      .reduceByKey((a, b) => a + b)
      .collect(),
  ).toEqual([[7, 1]]);
});

it('windows over state continue after a restart', { timeout: 60_000 }, async () => {
  const seen = new Map<number, unknown>();
  const program = (queue: number[][]) => (ssc: StreamingContext) => {
    const sums = ssc
      .queueStream(queue)
      .map((n) => ['a', n])
      .updateStateByKey<string, number, number>((values, sum) => values.reduce((a, b) => a + b, sum ?? 0));
    const deep = repeated<Counts>(sums, (stream) => stream.mapValues((n) => n), 2_000).window(2_000);
    repeated<Counts>(deep, (stream) => stream.filter(() => true)).foreachRDD(async (rdd, { batchTime }) => {
      seen.set(
        batchTime,
        (await rdd.collect()).map(([, n]) => n),
      );
    });
  };
  const world = new RestartWorld();
  for (const queue of [[[1], [2]], [[3]]]) {
    const life = world.begin(program(queue));
    await life.ssc.start();
    await world.pass(life, queue.length * 1_000);
    await life.ssc.stop();
  }
  expect([...seen.values()].slice(0, 3)).toEqual([[1], [1, 3], [3, 6]]);
});
