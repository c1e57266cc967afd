import { coreError } from '@millrace/core';
import { describe, expect, it } from 'vitest';
import { executorsNamed, RddCluster } from '../../test/rdd-cluster.ts';
import { neverHeals } from '../errors/never-heals.ts';
import { rddError } from '../rdd/rdd-errors.ts';

const sum = (left: number, right: number) => left + right;
const pair = (n: number): [number, number] => [n % 2, n];

/** A promise with its `resolve` in reach of the test. */
function gate() {
  let open = () => {};
  const passed = new Promise<void>((resolve) => (open = resolve));
  return { open, passed };
}

describe('stages', () => {
  it('run map tasks first, and reuse their outputs', async () => {
    const cluster = new RddCluster();
    const sums = cluster.environment.parallelize([1, 2, 3], 2).map(pair).reduceByKey(sum, 3);
    expect(new Map(await sums.collect())).toEqual(new Map([[0, 2], [1, 4]])); // prettier-ignore
    expect(cluster.tasks).toEqual([
      ...[0, 1].map((partition) => `map:${sums.id}:${partition}`),
      ...[0, 1, 2].map((partition) => `result:${sums.id}:${partition}`),
    ]);
    await sums.values().count();
    expect(cluster.tasks.filter((task) => task.startsWith('map'))).toHaveLength(2);
  });

  it('walk through the lineage once, not once for each task', async () => {
    const { environment } = new RddCluster();
    let looks = 0;
    const sources = Array.from({ length: 100 }, () =>
      environment.define<number>(() => ({
        kind: 'source',
        partitionCount: 1,
        get dependencies() {
          looks += 1;
          return [];
        },
        produce: async (_partition, _context, push) => void push([1], 0, 1),
      })),
    );
    expect(await environment.union(sources).count()).toBe(100);
    expect(looks).toBeLessThan(10 * sources.length);
  });

  it('run several shuffles one after the other', async () => {
    const { environment } = new RddCluster();
    const counted = environment.parallelize([1, 2, 3, 4, 5], 3).map(pair).groupByKey(2);
    const bySize = counted.map(([key, values]) => [values.length, key]).groupByKey(3);
    expect((await bySize.collect()).toSorted(([left], [right]) => left - right)).toEqual([
      [2, [0]],
      [3, [1]],
    ]);
  });

  it('run once for two concurrent jobs', async () => {
    const cluster = new RddCluster();
    const sums = cluster.environment.parallelize([1, 2, 3], 2).map(pair).reduceByKey(sum, 1);
    expect(await Promise.all([sums.count(), sums.values().reduce(sum)])).toEqual([2, 6]);
    expect(cluster.tasks.filter((task) => task.startsWith('map'))).toHaveLength(2);
  });

  it('rerun map tasks of an executor that died', async () => {
    const cluster = new RddCluster({ executors: executorsNamed('one', 'two') });
    const sums = cluster.environment.parallelize([1, 2, 3, 4], 4).map(pair).reduceByKey(sum, 2);
    await sums.count();
    const lost = cluster.sent.filter(
      ({ executorId, request }) => executorId === 'two' && request.task.kind === 'map',
    );
    const before = cluster.sent.length;
    cluster.lose('two');
    expect(new Map(await sums.collect())).toEqual(new Map([[1, 4], [0, 6]])); // prettier-ignore
    const again = cluster.sent.slice(before).filter(({ request }) => request.task.kind === 'map');
    expect(again.map(({ request }) => request.task.partition)).toEqual(
      lost.map(({ request }) => request.task.partition),
    );
  });

  it('rerun map tasks when a task finds their output missing', async () => {
    let missing = true;
    let shuffleId = '';
    const cluster = new RddCluster({
      beforeTask: (_, { task }) => {
        if (task.kind === 'map' || !missing) return;
        missing = false;
        const details = { shuffleId, mapPartition: 1 };
        throw rddError('MR_RDD_SHUFFLE_OUTPUT_MISSING', 'gone', { details });
      },
    });
    const sums = cluster.environment.parallelize([1, 2, 3], 3).map(pair).reduceByKey(sum, 1);
    shuffleId = sums.id;
    expect(await sums.values().reduce(sum)).toBe(6);
    expect(cluster.tasks.filter((task) => task === `map:${sums.id}:1`)).toHaveLength(2);
  });
});

describe('persisted partitions', () => {
  it('are computed once and reused, on whichever executor they are', async () => {
    const { environment } = new RddCluster({ executors: executorsNamed('one', 'two', 'three') });
    let computed = 0;
    const state = environment
      .parallelize([1, 2, 3, 4, 5], 5)
      .map((n) => (computed++, n))
      .persist();
    await state.count();
    state.cutLineage();
    const next = state.zipPartitions(environment.parallelize([10, 20, 30, 40, 50], 5), ([n = 0], [m = 0]) => [
      n + m,
    ]);
    expect(await next.persist().collect()).toEqual([11, 22, 33, 44, 55]);
    next.cutLineage();
    expect(
      await next
        .map((n) => n)
        .repartition(2)
        .count(),
    ).toBe(5);
    expect(computed).toBe(5);
  });
});

describe('persisted partitions in one memory', () => {
  function twoStates() {
    const cluster = new RddCluster({ executors: executorsNamed('one', 'two') });
    const computed: string[] = [];
    const stateOn = (executorId: string) =>
      cluster.environment
        .define<string>(() => ({
          kind: 'source',
          partitionCount: 1,
          dependencies: [],
          preferredExecutors: () => [executorId],
          produce: async (_partition, _context, push) => (
            computed.push(executorId),
            push([executorId], 0, 1)
          ),
        }))
        .persist();
    const [left, right] = [stateOn('one'), stateOn('two')];
    const both = left.zipPartitions(right, (ofLeft, ofRight) => [...ofLeft, ...ofRight]);
    return { cluster, left, right, both, computed };
  }

  it('are read by one task on different executors, and need no lineage', async () => {
    const { left, right, both, computed } = twoStates();
    await Promise.all([left.count(), right.count()]);
    for (const state of [left, right]) state.cutLineage();
    expect(await both.collect()).toEqual(['one', 'two']);
    expect(computed).toEqual(['one', 'two']);
  });

  it('go with their executor, and are computed again when they have a lineage', async () => {
    const { cluster, left, right, both, computed } = twoStates();
    await Promise.all([left.count(), right.count()]);
    left.cutLineage();
    cluster.lose('two');
    expect(await both.collect()).toEqual(['one', 'two']);
    expect(computed).toEqual(['one', 'two', 'two']);
  });

  it('are forgotten on every executor', async () => {
    const { cluster, left, right, both } = twoStates();
    await Promise.all([left.count(), right.count()]);
    await both.collect();
    cluster.environment.forget([left.id, right.id]);
    expect([...cluster.runners.values()].map(({ heldRecords }) => heldRecords.cached)).toEqual([0, 0]);
  });
});

describe('failing tasks', () => {
  it('are retried, on other executors first', async () => {
    let failures = 2;
    const cluster = new RddCluster({ executors: executorsNamed('one', 'two', 'three') });
    const rdd = cluster.environment.parallelize([1], 1).map((n) => {
      if (failures-- > 0) throw new Error(`not yet, ${failures} more`);
      return n;
    });
    expect(await rdd.collect()).toEqual([1]);
    expect(new Set(cluster.sent.map(({ executorId }) => executorId)).size).toBe(3);
    expect(cluster.sent.map(({ request }) => request.attempt)).toEqual([0, 1, 2]);
  });

  it('fail the job after the allowed number, naming batch, rdd, partition and cause', async () => {
    const cluster = new RddCluster({ maxTaskFailures: 3 });
    const { environment } = cluster;
    const rdd = environment.scope('5000/op1', () =>
      environment.parallelize([1, 2], 2).mapPartitions((records, partition) => {
        if (partition === 1) throw new RangeError('two is too many');
        return records;
      }),
    );
    const job = environment.inJob({ batchTime: 5_000, outputOperation: 1 }, () => rdd.count());
    await expect(job).rejects.toMatchObject({
      code: 'MR_RDD_TASK_FAILED',
      details: {
        batchTime: 5_000,
        outputOperation: 1,
        rddId: '5000/op1#1',
        partition: 1,
        failures: { length: 3 },
      },
      cause: { name: 'RangeError', message: 'two is too many' },
    });
    expect(cluster.tasks.filter((task) => task.endsWith(':1'))).toHaveLength(3);
  });

  it('end at the same error for the same record twice in a row, naming stream, operator, line and record (ERR-3)', async () => {
    const cluster = new RddCluster({ maxTaskFailures: 9, executors: executorsNamed('one', 'two') });
    const rule = {
      reaction: 'fail-batch',
      stream: 'orders',
      operator: 'map',
      definedAt: 'app.ts:7:3',
    } as const;
    const { environment } = cluster;
    const fail = (record: object) => {
      throw new RangeError(`no ${Object.keys(record).length}`);
    };
    const rdd = environment.scope(
      '5000/orders',
      () => environment.parallelize([{ id: 7 }], 1).map(fail),
      rule,
    );
    const error: unknown = await rdd.count().catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      code: 'MR_RDD_TASK_FAILED',
      message: expect.stringContaining(
        'the function of map of stream orders, defined at app.ts:7:3 failed for the record { id: 7 }, twice in a row with the same error',
      ),
      details: {
        isFinal: true,
        failures: { length: 2 },
        failedRecord: { stream: 'orders', operator: 'map' },
      },
      cause: { name: 'RangeError', message: 'no 1' },
    });
    expect(neverHeals(error)).toBe(true);
    expect(cluster.sent).toHaveLength(2);
  });

  it('go on to their bound while the error or the record changes', async () => {
    const cluster = new RddCluster({ maxTaskFailures: 4 });
    let calls = 0;
    const rdd = cluster.environment.parallelize([1, 2], 1).map((record) => {
      calls += 1;
      throw new Error(`call ${calls} for ${record}`);
    });
    await expect(rdd.count()).rejects.toMatchObject({ details: { failures: { length: 4 } } });
  });

  it('move when an executor cannot be reached', async () => {
    const cluster = new RddCluster({
      executors: executorsNamed('dead', 'alive'),
      beforeTask: (executorId) => {
        if (executorId === 'dead') throw coreError('MR_EXECUTOR_UNREACHABLE', 'no answer');
      },
    });
    expect(await cluster.environment.parallelize([1, 2, 3], 3).collect()).toEqual([1, 2, 3]);
  });

  it('do not count lost executors as failures of the task', async () => {
    const names = ['a', 'b', 'c', 'd', 'e'];
    const cluster = new RddCluster({
      executors: executorsNamed(...names),
      maxTaskFailures: 1,
      beforeTask: (executorId) => {
        if (executorId !== 'e') cluster.lose(executorId);
      },
    });
    expect(await cluster.environment.parallelize([1], 1).collect()).toEqual([1]);
    expect(cluster.sent.map(({ executorId }) => executorId)).toEqual(names);
  });

  it('do not count missing outputs as failures, and stay on their executor', async () => {
    let missing = 6;
    let shuffleId = '';
    const cluster = new RddCluster({
      executors: executorsNamed('one', 'two'),
      maxTaskFailures: 1,
      beforeTask: (_, { task }) => {
        if (task.kind === 'map' || missing === 0) return;
        missing -= 1;
        throw rddError('MR_RDD_SHUFFLE_OUTPUT_MISSING', 'gone', { details: { shuffleId, mapPartition: 0 } });
      },
    });
    const sums = cluster.environment.parallelize([1, 2, 3], 1).map(pair).reduceByKey(sum, 1);
    shuffleId = sums.id;
    expect(await sums.values().reduce(sum)).toBe(6);
    const results = cluster.sent.filter(({ request }) => request.task.kind === 'result');
    expect(new Set(results.map(({ executorId }) => executorId)).size).toBe(1);
  });

  it('have a separate bound on losses', async () => {
    const cluster = new RddCluster({
      maxTaskLosses: 3,
      beforeTask: () => {
        throw coreError('MR_EXECUTOR_UNREACHABLE', 'no answer');
      },
    });
    await expect(cluster.environment.parallelize([1], 1).count()).rejects.toMatchObject({
      code: 'MR_RDD_TASK_FAILED',
      message: expect.stringContaining(
        'failed 0 times and lost its executor or an output that it reads 3 times',
      ),
    });
    expect(cluster.sent).toHaveLength(3);
  });

  it('are not retried when the driver itself must stop', async () => {
    const cluster = new RddCluster({
      beforeTask: () => {
        throw coreError('MR_EXECUTOR_STALE_EPOCH', 'replaced');
      },
    });
    const stale = { code: 'MR_EXECUTOR_STALE_EPOCH', disposition: 'stop-engine' };
    await expect(cluster.environment.parallelize([1], 1).count()).rejects.toMatchObject(stale);
    expect(cluster.sent).toHaveLength(1);
  });

  it('prevent further tasks of their job', async () => {
    const cluster = new RddCluster({ maxTaskFailures: 1 });
    const rdd = cluster.environment.parallelize([1, 2, 3, 4], 4).map(() => {
      throw new Error('always');
    });
    await expect(rdd.count()).rejects.toThrow('always');
    await cluster.environment.parallelize([1], 1).count();
    expect(cluster.sent).toHaveLength(2);
  });

  it('are refused at once when there is no executor', async () => {
    const { environment } = new RddCluster({ executors: [] });
    await expect(environment.parallelize([1]).count()).rejects.toMatchObject({ code: 'MR_RDD_NO_EXECUTOR' });
  });
});

describe('cancelling', () => {
  it('ends a job at once and starts none of its waiting tasks', async () => {
    const cancel = new AbortController();
    const { open, passed } = gate();
    const cluster = new RddCluster({ beforeTask: () => passed });
    const { environment } = cluster;
    const rdd = environment.parallelize([1, 2, 3], 3);
    const job = environment.inJob({ batchTime: 1, outputOperation: 0, signal: cancel.signal }, () =>
      rdd.count(),
    );
    cancel.abort(new Error('stopping'));
    await expect(job).rejects.toMatchObject({
      code: 'MR_RDD_JOB_CANCELLED',
      cause: { message: 'stopping' },
    });
    open();
    expect(await rdd.count()).toBe(3);
    expect(cluster.sent).toHaveLength(4);
  });

  it('refuses a job whose signal is already aborted', async () => {
    const { environment } = new RddCluster();
    const job = { batchTime: 1, outputOperation: 0, signal: AbortSignal.abort() };
    const count = environment.inJob(job, () => environment.parallelize([1]).count());
    await expect(count).rejects.toMatchObject({ code: 'MR_RDD_JOB_CANCELLED' });
  });
});

describe('forgetting', () => {
  it('frees shuffle outputs and cached partitions; a later job runs the map tasks again', async () => {
    const cluster = new RddCluster();
    const sums = cluster.environment.parallelize([1, 2, 3], 2).map(pair).reduceByKey(sum, 2);
    const kept = sums.mapValues((n) => n).persist();
    await kept.count();
    expect(cluster.runners.get('one')?.heldRecords).toEqual({ cached: 2, shuffled: 3 });
    cluster.environment.forget([sums.id, kept.id]);
    expect(cluster.runners.get('one')?.heldRecords).toEqual({ cached: 0, shuffled: 0 });
    await expect(kept.count()).rejects.toMatchObject({ cause: { code: 'MR_RDD_UNKNOWN' } });
  });

  it('leaves nothing behind while a map task runs', async () => {
    const cluster = new RddCluster({ maxTaskFailures: 1 });
    const { environment } = cluster;
    const forgotten: string[] = [];
    const sums = environment
      .parallelize([1], 1)
      .map((n) => (environment.forget(forgotten), pair(n)))
      .reduceByKey(sum, 1);
    forgotten.push(sums.id);
    await expect(sums.count()).rejects.toMatchObject({ code: 'MR_RDD_TASK_FAILED' });
    expect(cluster.runners.get('one')?.heldRecords.shuffled).toBe(0);
  });

  it('a full shuffle store fails the job instead of dropping outputs', async () => {
    const { environment } = new RddCluster({ maxShuffleRecords: 2 });
    const groups = environment.parallelize([1, 2, 3], 1).map(pair).groupByKey();
    await expect(groups.count()).rejects.toMatchObject({ cause: { code: 'MR_RDD_SHUFFLE_STORE_FULL' } });
  });
});

describe('partitions that an executor has dropped from its cache', () => {
  /** Computes a persisted RDD behind a shuffle once, then drops its partitions for the records of another RDD. */
  async function dropped() {
    const cluster = new RddCluster({ isRemote: true, maxCachedRecords: 4, defaultParallelism: 2 });
    const { environment } = cluster;
    const counts = environment.scope('1/counts', () => {
      const pairs = environment.parallelize(['a', 'b', 'c'], 2).map((word) => [word, 1]);
      return pairs.reduceByKey((a, b) => a + b).persist();
    });
    const others = environment.scope('1/others', () => environment.parallelize([1, 2, 3, 4], 2).persist());
    const expected = await counts.collect();
    await others.collect();
    return { cluster, counts, expected };
  }

  it('are recomputed, even when the outputs of their map tasks are gone as well', async () => {
    const { cluster, counts, expected } = await dropped();
    cluster.dropOutputs(counts.id);
    const before = cluster.tasks.length;
    expect(await counts.collect()).toEqual(expected);
    expect(cluster.tasks.slice(before)).toContain(`map:${counts.id}:0`);
  });

  it('are recomputed in RDDs derived by further shuffles', async () => {
    const { cluster, counts } = await dropped();
    cluster.dropOutputs(counts.id);
    const { environment } = cluster;
    const sizes = environment.scope('1/sizes', () =>
      counts.map(([, n]) => [n, 1]).reduceByKey((a, b) => a + b),
    );
    expect(await sizes.collect()).toEqual([[1, 3]]);
  });
});
