// An operator function that returns a promise, on executors with a memory of their own: the batch fails at once on the
// driver, with a named reason, and a rejected promise ends no executor.
import type { BatchInfo, SerializedError } from '@millrace/core';
import type { DStream } from '@millrace/engine';
import { describe, expect, it } from 'vitest';
import { VirtualCluster } from './virtual-cluster.ts';

type Numbers = DStream<number>;

/** Returns a value later, against the declared types. */
type Later = <R>(value: R) => R;

const add = (a: number, b: number) => a + b;
const pairsOf = (numbers: Numbers) => numbers.map((n) => [`key-${n % 3}`, n]);
const timed = (numbers: Numbers) => pairsOf(numbers).assignTimestamps(([, n]) => n, { idleAfterMs: 1_000 });

const programs: readonly [string, (numbers: Numbers, later: Later) => DStream<unknown>][] = [
  ['map', (s, later) => s.map((n) => later(n))],
  ['filter', (s, later) => s.filter((n) => later(n > 0))],
  ['flatMap', (s, later) => s.flatMap((n) => later([n]))],
  ['mapPartitions', (s, later) => s.mapPartitions((records) => later([...records]))],
  ['reduce', (s, later) => s.reduce((a, b) => later(a + b))],
  ['reduceByKey', (s, later) => pairsOf(s).reduceByKey((a, b) => later(a + b))],
  ['combineByKey', (s, later) => pairsOf(s).combineByKey((n) => later(n), add, add)],
  ['mapWithState', (s, later) => pairsOf(s).mapWithState((_key, n) => later(n))],
  ['updateStateByKey', (s, later) => pairsOf(s).updateStateByKey((values) => later(values.length))],
  ['windows of event time', (s, later) => timed(s).tumbling(10).aggregateByKey(() => later(0), add, add)],
]; // prettier-ignore

/** Three batches on two executors. Returns the failed batches, the launched executors, and true for a clean stop. */
async function run(program: (numbers: Numbers, later: Later) => DStream<unknown>, later: Later) {
  const batch = Array.from({ length: 40 }, (_, index) => index + 1);
  const cluster = new VirtualCluster(
    (ssc) => {
      const numbers = ssc.queueStream([batch, batch, batch], { partitions: 2 });
      program(numbers, later).foreachRDD(async (rdd) => void (await rdd.collect()));
    },
    { context: { batches: { onBatchFailure: 'skip', maxAttempts: 1 }, tasks: { maxFailures: 1 } } },
  );
  const failed: BatchInfo[] = [];
  cluster.ssc.on(
    'batch:completed',
    ({ batch: done }) => void (done.outcome === 'skipped' && failed.push(done)),
  );
  await cluster.start();
  await cluster.clock.advance(3_500);
  await cluster.ssc.stop();
  return { failed, launches: cluster.launches };
}

function innermost({ cause, code, message }: SerializedError): readonly [string | undefined, string] {
  return cause === undefined ? [code, message] : innermost(cause);
}

describe.each(programs)('on executors, %s', (operator, program) => {
  it.each<[string, Later]>([
    ['a promise', (async (value: unknown) => value) as never],
    ['a promise that rejects', (async () => Promise.reject(new Error('later'))) as never],
  ])('refuses %s of its function, and the executors continue', async (_what, later) => {
    const { failed, launches } = await run(program, later);
    const [operation] = failed[0]?.outputOperations ?? [];
    const [code, message] = innermost(operation?.failure as SerializedError);
    expect(code).toBe('MR_RDD_FUNCTION_ASYNCHRONOUS');
    expect(message).toContain(`the function of ${operator} is asynchronous`);
    expect(launches).toBe(2);
  });

  it('accepts a direct result', async () => {
    expect((await run(program, (value) => value)).failed).toEqual([]);
  });
});
