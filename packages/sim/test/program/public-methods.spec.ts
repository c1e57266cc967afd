// Every public method of streams and RDDs is drawn, or is listed as not drawn with a reason.
import { StreamingContext, type DStream } from '@millrace/engine';
import { expect, it } from 'vitest';
import { CALLED_METHODS, CALLED_OF_NODES, NOT_CALLED } from '../../src/program/public-methods.ts';

/** The classes of an object, the most derived first. */
function classesOf(object: object): readonly object[] {
  const classes: object[] = [];
  for (
    let prototype: object | null = Object.getPrototypeOf(object);
    prototype !== null && prototype !== Object.prototype;
    prototype = Object.getPrototypeOf(prototype)
  )
    classes.push(prototype);
  return classes;
}

function methodsIn(prototype: object): readonly string[] {
  return Object.entries(Object.getOwnPropertyDescriptors(prototype))
    .filter(([method, { value }]) => method !== 'constructor' && typeof value === 'function')
    .map(([method]) => method);
}

/**
 * The methods of an object's classes, prefixed by a class; for streams, without the methods that the engine calls on
 * nodes.
 */
function methodsOf(object: object, name: string): string[] {
  const classes = classesOf(object);
  const methods = new Set(classes.flatMap(methodsIn));
  const base = classes.at(-1) as object;
  if (base.constructor.name === 'StreamNode') for (const own of methodsIn(base)) methods.delete(own);
  return [...methods].map((method) => `${name}.${method}`);
}

const ssc = new StreamingContext({ appName: 'methods', batchIntervalMs: 100 });
const stream = ssc.queueStream<[number, number]>([]) as DStream<[number, number]>;
const mapped = stream.map((pair) => pair);
const withState = mapped.mapWithState<number, number, number, number>((key) => key);
const events = mapped.assignTimestamps(([atMs]) => atMs);
const windows = events.tumbling(100);
const results = windows.reduceByKey((left, right) => left + right);
const own = (object: object, name: string) =>
  methodsOf(object, name).filter((method) => !inStreams.has(method.split('.')[1] as string));
const inStreams = new Set([
  ...methodsOf(mapped, 'DStream').map((method) => method.split('.')[1] as string),
  ...CALLED_OF_NODES,
]);

it('draws every public method of streams, state, event time and RDDs, or lists a reason', () => {
  // An RDD of the environment that makes streams.
  const { scope } = mapped as unknown as { scope: { environment: { union(rdds: unknown[]): object } } };
  const rdd = scope.environment.union([]);
  const methods = [
    ...methodsOf(mapped, 'DStream'),
    ...own(withState, 'MapWithStateDStream'),
    ...own(results, 'EventWindowDStream'),
    ...methodsOf(events, 'EventTimeStream'),
    ...methodsOf(windows, 'EventTimeWindows'),
    ...methodsOf(rdd, 'RDD'),
  ];
  const unknown = methods.filter((method) => !CALLED_METHODS.has(method) && NOT_CALLED[method] === undefined);
  expect({ 'neither drawn nor told why not': unknown }).toEqual({ 'neither drawn nor told why not': [] });
  const gone = Object.keys(NOT_CALLED).filter((method) => !methods.includes(method));
  expect({ 'not there any more': gone }).toEqual({ 'not there any more': [] });
  const both = Object.keys(NOT_CALLED).filter((method) => CALLED_METHODS.has(method));
  expect({ 'drawn after all': both }).toEqual({ 'drawn after all': [] });
});

it('lists only existing methods', () => {
  const nodes = methodsIn(classesOf(mapped).at(-1) as object);
  expect(nodes).toEqual(expect.arrayContaining([...CALLED_OF_NODES]));
  const called = [...CALLED_METHODS].filter((method) => method.startsWith('DStream.'));
  expect(called.filter((method) => !inStreams.has(method.split('.')[1] as string))).toEqual([]);
});
