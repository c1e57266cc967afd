// Asynchronous functions, passed to each operator: the batch fails with the operator's name, and no rejected
// promise stays unhandled.
import { isMillraceError } from '@millrace/core';
import { settle, virtualPorts } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import type { DStream } from '../dstream/dstream.ts';
import type { RDD } from '../rdd/rdd.ts';
import type { State } from '../state/state-handle.ts';
import { StreamingContext } from './streaming-context.ts';

type Numbers = DStream<number>;
type Pairs = DStream<[string, number]>;
/** Puts one result of the program's function, or the result of each call, at the place under test. */
type Answer = (value: unknown) => never;

const add = (a: number, b: number): number => a + b;
const pairsOf = (numbers: Numbers): Pairs => numbers.map((n) => [`k${n % 2}`, n]);
const timed = (numbers: Numbers) => numbers.assignTimestamps((n) => n).map((n): [string, number] => ['a', n]);

/** Each program calls `later` in one operator; the error contains the operator's name. */
const programs: readonly (readonly [string, (numbers: Numbers, later: Answer) => DStream<unknown>])[] = [
  ['map', (s, later) => s.map((n) => later(n))],
  ['map', (s, later) => s.map((n) => ({ n, user: later(n) as number }))],
  ['map', (s, later) => s.map((n) => [`k${n}`, later(n) as number])],
  ['map', (s, later) => s.map((n) => [later(n) as number, n])],
  ['flatMap', (s, later) => s.flatMap((n) => [later(n), later(n), later(n)])],
  ['flatMapValues', (s, later) => pairsOf(s).flatMapValues((n) => [later(n), later(n)])],
  ['map', (s, later) => s.map((n) => [later(n) as number, later(n) as number])],
  ['flatMap', (s, later) => s.flatMap(() => [{ a: later(1) as number }, { a: later(2) as number }])],
  ['flatMap', (s, later) => s.flatMap((n) => [{ n, user: later(n) as number }])],
  ['mapValues', (s, later) => pairsOf(s).mapValues((n) => ({ n, user: later(n) as number }))],
  ['flatMapValues', (s, later) => pairsOf(s).flatMapValues((n) => [{ user: later(n) as number }])],
  ['filter', (s, later) => s.filter((n) => later(n > 0))],
  ['flatMap', (s, later) => s.flatMap((n): number[] => later([n]))],
  ['flatMap', (s, later) => s.flatMap((n) => [later(n), later(n)])],
  ['flatMap', (s, later) => s.flatMap((n) => new Set([later(n), later(n)]))],
  ['mapPartitions', (s, later) => s.mapPartitions((records) => later([...records]) as number[])],
  ['mapPartitions', (s, later) => s.mapPartitions((records) => Array.from(records, (n) => later(n)))],
  ['mapPartitions', (s, later) => s.mapPartitions(function* (records) { for (const n of records) yield later(n); })], // prettier-ignore
  ['reduce', (s, later) => s.reduce((a, b) => later(a + b))],
  ['transform', (s, later) => s.transform((rdd) => later(rdd))],
  ['transformWith', (s, later) => s.transformWith(s, (rdd) => later(rdd))],
  ['mapValues', (s, later) => pairsOf(s).mapValues((n) => later(n))],
  ['flatMapValues', (s, later) => pairsOf(s).flatMapValues((n) => later([n]) as number[])],
  ['flatMapValues', (s, later) => pairsOf(s).flatMapValues((n) => [later(n), later(n)])],
  ['reduceByKey', (s, later) => pairsOf(s).reduceByKey((a, b) => later(a + b))],
  ['combineByKey', (s, later) => pairsOf(s).combineByKey((n) => later(n), add, add)],
  ['combineByKey', (s, later) => pairsOf(s).combineByKey((n) => n, (a, b) => later(a + b), add)], // prettier-ignore
  ['combineByKey', (s, later) => pairsOf(s.repartition(4)).combineByKey((n) => n, add, (a, b) => later(a + b))], // prettier-ignore
  [
    'aggregateByKey',
    (s, later) => pairsOf(s).transform((rdd) => rdd.aggregateByKey(() => later(0), add, add)),
  ],
  ['aggregate', (s, later) => s.transform((rdd) => rdd.aggregatePartitions(() => 0, (a, b) => later(a + b)))], // prettier-ignore
  ['keyBy', (s, later) => s.transform((rdd) => rdd.keyBy((n) => later(n)))],
  ['keyBy', (s, later) => s.transform((rdd) => rdd.groupBy((n) => later(n)))],
  ['sortBy', (s, later) => s.transform((rdd) => rdd.sortBy((n) => later(n)))],
  ['sortBy', (s, later) => s.transform((rdd) => rdd.sortBy((n) => n, { compare: (a, b) => later(a - b) }))],
  ['zipPartitions', (s, later) => s.transform((rdd) => rdd.zipPartitions(rdd, () => later([1])))],
  ['mapWithState', (s, later) => pairsOf(s).mapWithState((_key, n) => later(n))],
  ['updateStateByKey', (s, later) => pairsOf(s).updateStateByKey((values) => later(values.length))],
  ['reduceByKey', (s, later) => pairsOf(s).reduceByKeyAndWindow((a, b) => later(a + b), 2_000)],
  ['inverse', (s, later) => pairsOf(s).reduceByKeyAndWindow(add, 2_000, 1_000, { inverse: (a, b) => later(a - b) })], // prettier-ignore
  ['filter', (s, later) => pairsOf(s).reduceByKeyAndWindow(add, 1_000, 1_000, { inverse: (a, b) => a - b, filter: () => later(true) })], // prettier-ignore
  ['dropDuplicates', (s, later) => s.dropDuplicates((n) => later(n), { withinMs: 1 })],
  ['dropDuplicates', (s, later) => s.assignTimestamps((n) => n).dropDuplicates((n) => later(n), { withinMs: 1 }).records], // prettier-ignore
  ['assignTimestamps', (s, later) => s.assignTimestamps((n) => later(n)).records],
  ['map', (s, later) => s.assignTimestamps((n) => n).map((n) => later(n)).records],
  ['filter', (s, later) => s.assignTimestamps((n) => n).filter((n) => later(n > 0)).records],
  ['flatMap', (s, later) => s.assignTimestamps((n) => n).flatMap((n): number[] => later([n])).records],
  [
    'windows of event time',
    (s, later) =>
      timed(s)
        .tumbling(1_000)
        .reduceByKey((a, b) => later(a + b)),
  ],
  [
    'windows of event time',
    (s, later) =>
      timed(s)
        .tumbling(1_000)
        .aggregateByKey(() => later(0), add, add),
  ],
  ['windows of event time', (s, later) => timed(s).session(1).allowedLateness(9_000).aggregateByKey(() => 0, (a, b) => later(a + b), add)], // prettier-ignore
];

/** A stand-in for query builders, which are thenable like promises. */
class Query {
  // oxlint-disable-next-line unicorn/no-thenable -- the promise-like object is what is tested
  then(done: (value: number) => void): void {
    done(1);
  }
}

/** Runs three batches of 200 numbers; returns the errors from the outermost to the cause, as code and message. */
async function failureOf(
  program: (numbers: Numbers, later: Answer) => DStream<unknown>,
  answer: (value: unknown) => unknown,
): Promise<readonly (readonly [string, string])[]> {
  const { plugin, clock } = virtualPorts({ startMs: 10_000 });
  const ssc = new StreamingContext({
    appName: 'asynchronous',
    batchIntervalMs: 1_000,
    batches: { maxAttempts: 1 },
    tasks: { maxFailures: 1 },
    defaultParallelism: 2,
    plugins: [plugin],
  });
  const batch = Array.from({ length: 400 }, (_, index) => index + 1);
  const numbers = ssc.queueStream([batch, batch, batch], { partitions: 2 });
  program(numbers, answer as Answer).foreachRDD(async (rdd) => void (await rdd.collect()));
  const ended = ssc.awaitTermination().then(
    () => undefined,
    (error: unknown) => error,
  );
  await ssc.start();
  await clock.advance(3_500);
  await settle();
  await ssc.stop({ graceful: false });
  const chain: (readonly [string, string])[] = [];
  for (let error = await ended; isMillraceError(error); error = error.cause)
    chain.push([error.code, error.message]);
  return chain;
}

/** Returns a promise, or another thenable, in one call of many. */
function nowAndThen(made: (value: unknown) => unknown) {
  let calls = 0;
  return (value: unknown) => ((calls += 1) === 150 ? made(value) : value);
}

describe.each(programs)('%s', (operator, program) => {
  it.each([
    ['a promise', () => async (value: unknown) => value],
    ['a promise that rejects', () => async () => Promise.reject(new Error('later'))],
    ['an object with a method then', () => () => new Query()],
  ])('refuses %s of its function', async (_what, make) => {
    const chain = await failureOf(program, make());
    expect(chain.at(-1)).toEqual(['MR_RDD_FUNCTION_ASYNCHRONOUS', expect.stringContaining(operator)]);
  });

  it('accepts synchronous results', async () => {
    expect(await failureOf(program, (value) => value)).toEqual([]);
  });
});

describe.each([
  ['promise', (value: unknown) => Promise.resolve(value)],
  ['object with a method then', () => new Query()],
])('a single %s among many results is refused', (_what, make) => {
  it.each([
    ['map', (s: Numbers, later: Answer) => s.map((n) => later(n))],
    ['filter', (s: Numbers, later: Answer) => s.filter((n) => later(n > 0))],
    ['flatMap', (s: Numbers, later: Answer) => s.flatMap((n): number[] => later([n]))],
    ['flatMap', (s: Numbers, later: Answer) => s.flatMap((n) => [n, later(n) as number])],
    ['mapValues', (s: Numbers, later: Answer) => pairsOf(s).mapValues((n) => later(n))],
    ['flatMapValues', (s: Numbers, later: Answer) => pairsOf(s).flatMapValues((n) => [later(n) as number])],
    ['keyBy', (s: Numbers, later: Answer) => s.transform((rdd) => rdd.keyBy((n) => later(n)))],
    ['map', (s: Numbers, later: Answer) => s.assignTimestamps((n) => n).map((n) => later(n)).records],
    [
      'aggregate',
      (s: Numbers, later: Answer) =>
        s.transform((rdd) =>
          rdd.aggregatePartitions(
            () => 0,
            (a, b) => later(a + b),
          ),
        ),
    ],
    [
      'combineByKey',
      (s: Numbers, later: Answer) =>
        pairsOf(s).combineByKey(
          (n) => n,
          (a, b) => later(a + b),
          add,
        ),
    ],
    ['reduceByKey', (s: Numbers, later: Answer) => pairsOf(s).reduceByKey((a, b) => later(a + b))],
    ['mapWithState', (s: Numbers, later: Answer) => pairsOf(s).mapWithState((_key, n) => later(n))],
    ['reduce', (s: Numbers, later: Answer) => s.reduce((a, b) => later(a + b))],
  ])('%s', async (operator, program) => {
    const chain = await failureOf(program, nowAndThen(make));
    expect(chain.at(-1)).toEqual(['MR_RDD_FUNCTION_ASYNCHRONOUS', expect.stringContaining(operator)]);
  });
});

it.each([
  ['map does not wait, mapAsync does', (s: Numbers, later: Answer) => s.map((n) => later(n))],
  ['filter does not wait, filterAsync does', (s: Numbers, later: Answer) => s.filter((n) => later(n))],
  ['flatMap does not wait, flatMapAsync does', (s: Numbers, later: Answer) => s.flatMap((n): number[] => later([n]))], // prettier-ignore
  ['mapValues does not wait, mapValuesAsync does', (s: Numbers, later: Answer) => pairsOf(s).mapValues((n) => later(n))], // prettier-ignore
  ['look things up before with mapAsync', (s: Numbers, later: Answer) => s.reduce((a, b) => later(a + b))],
])('says: %s', async (advice, program) => {
  const chain = await failureOf(program, async (value) => value);
  expect(chain.at(-1)?.[1]).toContain(advice);
});

it('refuses an asynchronous generator like a promise', async () => {
  const chain = await failureOf(
    (s) => s.flatMap<number>(async function* (n: number) { yield n; } as never), // prettier-ignore
    (value) => value,
  );
  expect(chain.at(-1)?.[0]).toBe('MR_RDD_FUNCTION_ASYNCHRONOUS');
});

describe('a State after its call', () => {
  it.each([
    ['update in a later call', (state: State<number>) => state.update(7)],
    ['get', (state: State<number>) => state.get()],
    ['getOption', (state: State<number>) => state.getOption()],
    ['exists', (state: State<number>) => state.exists()],
    ['remove', (state: State<number>) => state.remove()],
    ['isTimingOut', (state: State<number>) => state.isTimingOut()],
  ])('throws: %s', async (_what, use) => {
    let earlier: State<number> | undefined;
    const chain = await failureOf(
      (s) =>
        pairsOf(s).mapWithState<string, number, number, number>((_key, n, state) => {
          if (earlier !== undefined) use(earlier);
          earlier = state;
          state.update(n ?? 0);
          return n;
        }),
      (value) => value,
    );
    expect(chain.at(-1)?.[0]).toBe('MR_STATE_CALL_OVER');
  });

  it('acts on no other key, however many calls come after', async () => {
    const states: State<number>[] = [];
    let [calls, refusals] = [0, 0];
    const totals = new Map<string, number>();
    const chain = await failureOf(
      (s) =>
        pairsOf(s).mapWithState<string, number, number, number>(
          (key, n, state) => {
            const total = (state.getOption() ?? 0) + (n ?? 0);
            state.update(total);
            totals.set(key, total);
            calls += 1;
            for (const earlier of states) {
              try {
                earlier.update(-1);
              } catch (error) {
                refusals += Number(isMillraceError(error, 'MR_STATE_CALL_OVER'));
              }
            }
            if (states.length < 3) states.push(state);
            return n ?? 0;
          },
          { partitions: 1 },
        ),
      (value) => value,
    );
    expect(chain).toEqual([]);
    expect(calls).toBe(1_200);
    expect(refusals).toBe(1 + 2 + 3 * 1_197);
    expect([...totals.values()].reduce((sum, total) => sum + total, 0)).toBe(3 * 80_200);
  });
});

it.each([
  ['forEach', (rdd: RDD<number>) => rdd.forEach((async () => undefined) as never)],
  ['reduce', (rdd: RDD<number>) => rdd.reduce((async () => 1) as never)],
  ['aggregate', (rdd: RDD<number>) => rdd.aggregate(() => 0, (async () => 1) as never, add)], // prettier-ignore
  ['aggregate', (rdd: RDD<number>) => rdd.aggregate(() => 0, add, (async () => 1) as never)], // prettier-ignore
  ['top', (rdd: RDD<number>) => rdd.top(1, (async () => 1) as never)],
])('the action %s refuses an asynchronous function', async (operator, act) => {
  const chain = await failureOf(
    (s) => {
      s.foreachRDD((rdd) => act(rdd));
      return s;
    },
    (value) => value,
  );
  expect(chain.at(-1)).toEqual(['MR_RDD_FUNCTION_ASYNCHRONOUS', expect.stringContaining(operator)]);
});
