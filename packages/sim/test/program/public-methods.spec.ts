// Every public method of streams and RDDs is drawn, or stands among those that are not, with a reason.
import { StreamingContext, type DStream } from '@millrace/engine';
import { expect, it } from 'vitest';
import { CALLED_METHODS, NOT_CALLED } from '../../src/program/public-methods.ts';

/** The methods of an object's classes up to a root, under one name. */
function methodsOf(object: object, name: string): string[] {
  const methods = new Set<string>();
  for (
    let prototype: object | null = Object.getPrototypeOf(object);
    prototype !== null && prototype !== Object.prototype;
    prototype = Object.getPrototypeOf(prototype)
  ) {
    for (const [method, { value }] of Object.entries(Object.getOwnPropertyDescriptors(prototype)))
      if (method !== 'constructor' && typeof value === 'function') methods.add(`${name}.${method}`);
  }
  return [...methods];
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
const inStreams = new Set(methodsOf(mapped, 'DStream').map((method) => method.split('.')[1] as string));

it('draws every public method of streams, state, event time and RDDs, or says why it does not', () => {
  // An RDD of the environment that streams are made in.
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

it('names methods that are there', () => {
  const called = [...CALLED_METHODS].filter((method) => method.startsWith('DStream.'));
  expect(called.filter((method) => !inStreams.has(method.split('.')[1] as string))).toEqual([]);
});
