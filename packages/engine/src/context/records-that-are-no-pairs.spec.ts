// Operators on pairs over records that are no pairs, from untyped code: the batch fails with the operator's name. A
// key of undefined for all records would be an unnoticed wrong result.
import { isMillraceError } from '@millrace/core';
import { settle, virtualPorts } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import type { DStream } from '../dstream/dstream.ts';
import { StreamingContext } from './streaming-context.ts';

type Pairs = DStream<[string, number]>;

const add = (left: number, right: number): number => left + right;

const programs: Readonly<Record<string, (pairs: Pairs) => DStream<unknown>>> = {
  mapValues: (s) => s.mapValues((n) => n),
  flatMapValues: (s) => s.flatMapValues((n) => [n]),
  reduceByKey: (s) => s.reduceByKey(add),
  groupByKey: (s) => s.groupByKey(),
  combineByKey: (s) => s.combineByKey((n) => n, add, add),
  'combineByKey at the reading side': (s) => s.combineByKey((n) => n, add, add, { mapSideCombine: false }),
  join: (s) => s.join(s),
  cogroup: (s) => s.cogroup(s),
  fullOuterJoin: (s) => s.fullOuterJoin(s),
  reduceByKeyAndWindow: (s) => s.reduceByKeyAndWindow(add, 2_000),
  'reduceByKeyAndWindow with an inverse': (s) =>
    s.reduceByKeyAndWindow(add, 2_000, 1_000, { inverse: (a, b) => a - b }),
  groupByKeyAndWindow: (s) => s.groupByKeyAndWindow(2_000),
  mapWithState: (s) => s.mapWithState((_key, n) => n),
  updateStateByKey: (s) => s.updateStateByKey((values) => values.length),
  partitionBy: (s) => s.transform((rdd) => rdd.partitionBy(2)),
  subtractByKey: (s) => s.transform((rdd) => rdd.subtractByKey(rdd)),
  sortByKey: (s) => s.transform((rdd) => rdd.sortByKey()),
  keys: (s) => s.transform((rdd) => rdd.keys()),
  values: (s) => s.transform((rdd) => rdd.values()),
};

const GOOD = Array.from({ length: 100 }, (_, n): [string, number] => [`k${n % 3}`, n]);

/** Runs a batch; returns the code of the innermost error. */
async function failureOf(program: (pairs: Pairs) => DStream<unknown>, records: readonly unknown[]) {
  const { plugin, clock } = virtualPorts();
  const ssc = new StreamingContext({
    appName: 'pairs',
    batchIntervalMs: 1_000,
    batches: { maxAttempts: 1 },
    tasks: { maxFailures: 1 },
    plugins: [plugin],
  });
  program(ssc.queueStream([records as [string, number][]])).foreachRDD((rdd) => rdd.collect());
  const ended = ssc.awaitTermination().then(
    () => undefined,
    (error: unknown) => error,
  );
  await ssc.start();
  await clock.advance(1_500);
  await settle();
  await ssc.stop({ graceful: false });
  let code: string | undefined;
  for (let error = await ended; isMillraceError(error); error = error.cause) code = error.code;
  return code;
}

describe.each(Object.entries(programs))('%s', (_name, program) => {
  it.each([
    ['numbers', [1, 2, 3]],
    ['text', ['ab', 'ac']],
    ['objects', [{ key: 'a', value: 1 }]],
    ['null', [null]],
    ['one number behind a hundred pairs', [...GOOD, 5]],
  ])('refuses %s', async (_what, records) => {
    expect(await failureOf(program, records)).toBe('MR_RDD_RECORD_NOT_PAIR');
  });

  it('accepts pairs', async () => {
    expect(await failureOf(program, GOOD)).toBeUndefined();
  });
});
