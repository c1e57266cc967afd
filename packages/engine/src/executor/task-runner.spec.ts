import { ManualClock, MsgpackCodec, SeededRandom, type Storage } from '@millrace/core';
import type { RunTask } from '@millrace/core/engine';
import { describe, expect, it } from 'vitest';
import { RddEnvironment } from '../rdd/rdd-environment.ts';
import { TaskRunner } from './task-runner.ts';

const task = (fields: Partial<RunTask['task']>): RunTask => ({
  epoch: 1,
  attempt: 0,
  inputs: [],
  task: { batchTime: 1_000, outputOperation: 0, rddId: '1000/a', partition: 0, kind: 'map', ...fields },
});

function setUp(resolve?: (environment: RddEnvironment) => void, maxCachedRecords?: number) {
  const environment = new RddEnvironment({ defaultParallelism: 2 });
  const runner = new TaskRunner({
    environment,
    codec: new MsgpackCodec(),
    storage: {} as Storage,
    clock: new ManualClock(),
    random: new SeededRandom(1),
    readBlock: async () => undefined,
    yield: () => undefined,
    resolve: () => resolve?.(environment),
    ...(maxCachedRecords === undefined ? {} : { maxCachedRecords }),
  });
  return { environment, runner };
}

const groups = (environment: RddEnvironment) =>
  environment.scope('1000/a', () => environment.parallelize([[1, 1] as const]).groupByKey());

describe('TaskRunner', () => {
  it('builds the RDDs of a task that are not known yet', async () => {
    const { runner } = setUp(groups);
    expect(await runner.run(task({ rddId: '1000/a#1', partition: 1 }))).toEqual({
      ok: true,
      value: undefined,
    });
    expect(runner.heldRecords.shuffled).toBe(1);
  });

  it('replaces the output of a repeated map task', async () => {
    const { environment, runner } = setUp();
    groups(environment);
    for (let attempt = 0; attempt < 3; attempt++) {
      await runner.run({ ...task({ rddId: '1000/a#1', partition: 1 }), attempt });
    }
    expect(runner.heldRecords.shuffled).toBe(1);
  });

  it('keeps no output of a map task whose RDD was forgotten meanwhile', async () => {
    const { environment, runner } = setUp();
    environment.scope('1000/a', () =>
      environment
        .parallelize([1])
        .map((n): [number, number] => {
          environment.forget(['1000/a', '1000/a#1', '1000/a#2']);
          return [n, n];
        })
        .groupByKey(),
    );
    expect(await runner.run(task({ rddId: '1000/a#2', partition: 1 }))).toMatchObject({ ok: true });
    expect(environment.find('1000/a#2')).toBeUndefined();
    expect(runner.heldRecords.shuffled).toBe(0);
  });

  it('keeps pinned partitions when other partitions fill the cache: their lineage may be cut later', async () => {
    const { environment, runner } = setUp(undefined, 3);
    const pairs = (id: string) =>
      environment.scope(id, () => environment.parallelize([1, 2], 1).map((n): [number, number] => [n, n]));
    const [state, other] = [pairs('1000/state').pin(), pairs('1000/other').persist()];
    const readers = [state, other, state].map((rdd, index) =>
      environment.scope(`1000/reader-${index}`, () => rdd.partitionBy(1)),
    );
    for (const { id: rddId } of readers.slice(0, 2))
      expect(await runner.run(task({ rddId }))).toMatchObject({ ok: true });
    state.cutLineage();
    expect(await runner.run(task({ rddId: readers[2]?.id ?? '' }))).toMatchObject({ ok: true });
  });

  it('answers with an error instead of rejecting', async () => {
    const { environment, runner } = setUp();
    expect(await runner.run(task({ rddId: 'nobody' }))).toMatchObject({
      ok: false,
      error: { code: 'MR_RDD_UNKNOWN', details: { rddId: 'nobody', batchTime: 1_000 } },
    });
    groups(environment);
    expect(await runner.run(task({ rddId: '1000/a#1', kind: 'result', action: 'count' }))).toMatchObject({
      ok: false,
      error: { code: 'MR_RDD_UNKNOWN' },
    });
  });

  it('ends a cancelled task at its next slice, and no other task', async () => {
    const { environment, runner } = setUp();
    let mapped = 0;
    environment.scope('1000/a', () =>
      environment
        .parallelize(Array(5_000).fill(0), 1)
        .map((n: number): [number, number] => {
          mapped += 1;
          if (mapped === 1) for (const [epoch, runId] of [[1, 8], [2, 7], [1, 7]] as const) runner.cancel({ epoch, runId }); // prettier-ignore
          return [n, n];
        })
        .partitionBy(2),
    );
    expect(await runner.run({ ...task({ rddId: '1000/a#2' }), runId: 7 })).toMatchObject({
      ok: false,
      error: { code: 'MR_RDD_TASK_CANCELLED' },
    });
    expect(mapped).toBe(1_024);
    expect(await runner.run({ ...task({ rddId: '1000/a#2' }), runId: 9 })).toMatchObject({ ok: true });
  });

  it('ends running tasks at their next slice on close', async () => {
    const { environment, runner } = setUp();
    environment.scope('1000/a', () =>
      environment
        .parallelize(Array(5_000).fill(0), 1)
        .map((n: number): [number, number] => (runner.close(), [n, n]))
        .partitionBy(2),
    );
    expect(await runner.run(task({ rddId: '1000/a#2' }))).toMatchObject({
      ok: false,
      error: { message: 'the executor is closing' },
    });
    expect(await runner.run(task({}))).toMatchObject({ ok: false });
  });
});
