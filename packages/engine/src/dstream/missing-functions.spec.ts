// Wrong arguments of untyped code in place of a function: refused when the operator is made, not by the first record of
// some batch.
import { virtualPorts } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import { RddCluster } from '../../test/rdd-cluster.ts';
import { StreamingContext } from '../context/streaming-context.ts';

const fn = (value: unknown): unknown => value;

type Method = (...given: readonly unknown[]) => Untyped;
/** The view of untyped code: methods that take anything. */
interface Untyped {
  readonly [name: string]: Method;
}

function streams() {
  const { plugin } = virtualPorts();
  const context = new StreamingContext({ appName: 'app', batchIntervalMs: 1_000, plugins: [plugin] });
  const pairs = context.queueStream<[string, number]>([]) as unknown as Untyped;
  return { pairs, timed: pairs['assignTimestamps']?.(fn) as Untyped };
}

const windows = (kind: 'tumbling' | 'session') => streams().timed[kind]?.(1_000) as Untyped;

/** Each operator with its functions; `given` stands for the functions. */
const ofStreams: Readonly<Record<string, (given: readonly unknown[]) => unknown>> = {
  map: (given) => streams().pairs['map']?.(...given),
  flatMap: (given) => streams().pairs['flatMap']?.(...given),
  filter: (given) => streams().pairs['filter']?.(...given),
  mapPartitions: (given) => streams().pairs['mapPartitions']?.(...given),
  reduce: (given) => streams().pairs['reduce']?.(...given),
  transform: (given) => streams().pairs['transform']?.(...given),
  transformWith: (given) => streams().pairs['transformWith']?.(streams().pairs, ...given),
  mapValues: (given) => streams().pairs['mapValues']?.(...given),
  flatMapValues: (given) => streams().pairs['flatMapValues']?.(...given),
  reduceByKey: (given) => streams().pairs['reduceByKey']?.(...given),
  combineByKey: (given) => streams().pairs['combineByKey']?.(...given, ...[fn, fn, fn].slice(given.length)),
  reduceByWindow: (given) => streams().pairs['reduceByWindow']?.(...given, 1_000),
  reduceByKeyAndWindow: (given) => streams().pairs['reduceByKeyAndWindow']?.(...given, 1_000),
  updateStateByKey: (given) => streams().pairs['updateStateByKey']?.(...given),
  mapWithState: (given) => streams().pairs['mapWithState']?.(...given),
  dropDuplicates: (given) => streams().pairs['dropDuplicates']?.(...given, { withinMs: 1 }),
  'dropDuplicates of event time': (given) => streams().timed['dropDuplicates']?.(...given, { withinMs: 1 }),
  assignTimestamps: (given) => streams().pairs['assignTimestamps']?.(...given),
  foreachRDD: (given) => streams().pairs['foreachRDD']?.(...given),
  foreachPartition: (given) => streams().pairs['foreachPartition']?.(...given),
  'map of event time': (given) => streams().timed['map']?.(...given),
  'flatMap of event time': (given) => streams().timed['flatMap']?.(...given),
  'filter of event time': (given) => streams().timed['filter']?.(...given),
  'reduceByKey of event time': (given) => windows('tumbling')['reduceByKey']?.(...given),
  'reduce of event time': (given) => windows('session')['reduce']?.(...given),
  'aggregateByKey of event time': (given) =>
    windows('tumbling')['aggregateByKey']?.(...given, ...[fn, fn, fn].slice(given.length)),
  'aggregate of event time': (given) =>
    windows('tumbling')['aggregate']?.(...given, ...[fn, fn, fn].slice(given.length)),
};

const rdd = () => new RddCluster().environment.parallelize([['a', 1]], 1) as unknown as Untyped;

const ofRdds: Readonly<Record<string, (given: readonly unknown[]) => unknown>> = {
  zipPartitions: (given) => rdd()['zipPartitions']?.(rdd(), ...given),
  combineByKey: (given) => rdd()['combineByKey']?.(...given, ...[fn, fn, fn].slice(given.length)),
  aggregateByKey: (given) => rdd()['aggregateByKey']?.(...given, ...[fn, fn, fn].slice(given.length)),
  aggregatePartitions: (given) => rdd()['aggregatePartitions']?.(...given, ...[fn, fn].slice(given.length)),
  aggregate: (given) => rdd()['aggregate']?.(...given, ...[fn, fn, fn].slice(given.length)),
  fold: (given) => rdd()['fold']?.(0, ...given),
  'sortBy with a comparison': ([compare = null]) => rdd()['sortBy']?.(fn, { compare }),
  'top with a comparison': ([compare = null]) => rdd()['top']?.(1, compare),
  'min with a comparison': ([compare = null]) => rdd()['min']?.(compare),
  ...Object.fromEntries(
    [
      'map',
      'flatMap',
      'filter',
      'keyBy',
      'groupBy',
      'mapPartitions',
      'mapValues',
      'flatMapValues',
      'reduceByKey',
      'sortBy',
      'reduce',
      'reduceByKeyLocally',
      'forEach',
      'foreachPartition',
    ].map((name) => [name, (given: readonly unknown[]) => rdd()[name]?.(...given)]),
  ),
};

const noFunctions: readonly (readonly [string, readonly unknown[]])[] = [
  ['undefined', [undefined]],
  ['null', [null]],
  ['text', ['x => x']],
  ['an object that cannot be printed', [Object.create(null)]],
  ['a promise of a function', [Promise.resolve(fn)]],
];

describe.each([
  ['streams', 'MR_GRAPH_INVALID_ARGUMENT', ofStreams],
  ['RDDs', 'MR_RDD_INVALID_ARGUMENT', ofRdds],
] as const)('operators of %s', (_what, code, operators) => {
  describe.each(Object.entries(operators))('%s', (_name, operator) => {
    it.each(noFunctions)('refuses %s', (_given, values) => {
      expect(() => operator(values)).toThrow(
        expect.objectContaining({ code, message: expect.stringContaining('a function') as string }) as Error,
      );
    });
  });
});

it('error messages name the wrong function of an operator that has several', () => {
  for (const [place, name] of ['create', 'mergeValue', 'mergeCombiners'].entries()) {
    const given = [fn, fn, fn].map((good, index) => (index === place ? undefined : good));
    expect(() => ofStreams['combineByKey']?.(given)).toThrow(`${name} of combineByKey`);
    expect(() => ofRdds['combineByKey']?.(given)).toThrow(`${name} of combineByKey`);
  }
});
