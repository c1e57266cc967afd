// Numbers of partitions that no machine can serve: refused as arguments, before the process runs out of memory.
import { virtualPorts } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import { RddCluster } from '../../test/rdd-cluster.ts';
import { StreamingContext } from '../context/streaming-context.ts';
import { PARTITIONS_MAX } from '../rdd/positive-integer.ts';

const add = (left: number, right: number): number => left + right;

function context(defaultParallelism = 1) {
  const { plugin } = virtualPorts();
  return new StreamingContext({ appName: 'app', batchIntervalMs: 1_000, defaultParallelism, plugins: [plugin] }); // prettier-ignore
}
const pairs = () => context().queueStream<[string, number]>([]);
const timed = () => pairs().assignTimestamps(([, n]) => n);
const rdd = () => new RddCluster().environment.parallelize<[string, number]>([['a', 1]], 1);

describe.each<[string, string, (partitions: number) => unknown]>([
  ['queueStream', 'MR_GRAPH', (partitions) => context().queueStream([], { partitions })],
  ['repartition', 'MR_GRAPH', (partitions) => pairs().repartition(partitions)],
  ['countByValue', 'MR_GRAPH', (partitions) => pairs().countByValue(partitions)],
  ['groupByKey', 'MR_GRAPH', (partitions) => pairs().groupByKey(partitions)],
  ['reduceByKey', 'MR_GRAPH', (partitions) => pairs().reduceByKey(add, partitions)],
  ['combineByKey', 'MR_GRAPH', (partitions) => pairs().combineByKey((n) => n, add, add, { partitions })],
  ['join', 'MR_GRAPH', (partitions) => ((one) => one.join(one, partitions))(pairs())],
  ['groupByKeyAndWindow', 'MR_GRAPH', (partitions) => pairs().groupByKeyAndWindow(1_000, 1_000, partitions)],
  ['reduceByKeyAndWindow', 'MR_GRAPH', (partitions) => pairs().reduceByKeyAndWindow(add, 1_000, 1_000, partitions)], // prettier-ignore
  ['with an inverse', 'MR_GRAPH', (partitions) => pairs().reduceByKeyAndWindow(add, 1_000, 1_000, { partitions, inverse: (a, b) => a - b })], // prettier-ignore
  ['countByValueAndWindow', 'MR_GRAPH', (partitions) => pairs().countByValueAndWindow(1_000, 1_000, partitions)], // prettier-ignore
  ['updateStateByKey', 'MR_GRAPH', (partitions) => pairs().updateStateByKey((values) => values.length, { partitions })], // prettier-ignore
  ['mapWithState', 'MR_GRAPH', (partitions) => pairs().mapWithState((_key, n) => n, { partitions })],
  ['dropDuplicates', 'MR_GRAPH', (partitions) => pairs().dropDuplicates(([key]) => key, { withinMs: 1, partitions })], // prettier-ignore
  ['joinWithin', 'MR_GRAPH', (partitions) => ((one) => one.joinWithin(one, { partitions }))(timed())],
  ['event time', 'MR_GRAPH', (partitions) => timed().tumbling(1_000).groupByKey({ partitions })],
  ['repartition of an RDD', 'MR_RDD', (partitions) => rdd().repartition(partitions)],
  ['partitionBy of an RDD', 'MR_RDD', (partitions) => rdd().partitionBy(partitions)],
  ['reduceByKey of an RDD', 'MR_RDD', (partitions) => rdd().reduceByKey(add, partitions)],
  ['parallelize', 'MR_RDD', (partitions) => new RddCluster().environment.parallelize([1], partitions)],
])('%s', (_name, codes, operator) => {
  it.each([PARTITIONS_MAX + 1, 1e9, Number.MAX_SAFE_INTEGER, Infinity, Number.NaN, 0, -1, 1.5])(
    'refuses %d partitions',
    (partitions) => {
      expect(() => operator(partitions)).toThrow(
        expect.objectContaining({ code: `${codes}_INVALID_ARGUMENT` }) as Error,
      );
    },
  );

  it('accepts the largest allowed number', () => {
    expect(() => operator(PARTITIONS_MAX)).not.toThrow();
  });
});

it.each([PARTITIONS_MAX + 1, 1e9, 0, Number.NaN])('a context refuses %d as default', (defaultParallelism) => {
  expect(() => context(defaultParallelism)).toThrow(
    expect.objectContaining({ code: 'MR_CONFIG_INVALID_OPTION' }) as Error,
  );
});
