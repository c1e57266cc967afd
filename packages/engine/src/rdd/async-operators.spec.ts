// Asynchronous operators on one partition or a few, under virtual time: order, bounds, attempts, time-outs, ends.
import { isMillraceError } from '@millrace/core';
import { settle } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import { executorsNamed, RddCluster } from '../../test/rdd-cluster.ts';
import type { AsyncCall } from './async-calls.ts';

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);

/** The chain of codes, from the outermost error to its last cause. */
async function failureOf(work: Promise<unknown>): Promise<readonly Error[]> {
  const chain: Error[] = [];
  let error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  for (; error instanceof Error; error = error.cause) chain.push(error);
  return chain;
}

const codesOf = (chain: readonly Error[]) =>
  chain.map((error) => (isMillraceError(error) ? error.code : error.message));

/** Calls that stay open until the test ends them. */
class Desk {
  readonly open = new Map<number, PromiseWithResolvers<number>>();
  readonly calls: AsyncCall[] = [];
  begun = 0;
  mostOpen = 0;

  readonly fn = (record: number, call: AsyncCall): Promise<number> => {
    const answer = Promise.withResolvers<number>();
    this.open.set(record, answer);
    this.calls.push(call);
    this.begun += 1;
    this.mostOpen = Math.max(this.mostOpen, this.open.size);
    return answer.promise;
  };

  async answer(...records: number[]): Promise<void> {
    for (const record of records) {
      const answer = this.open.get(record);
      this.open.delete(record);
      answer?.resolve(record * 10);
      await settle();
    }
  }
}

describe('results', () => {
  it('are mapped, expanded and filtered, between other operators', async () => {
    const { environment } = new RddCluster();
    const rdd = environment.parallelize(numbers(3_000), 3);
    const doubled = rdd.map((n) => n + 1).mapAsync(async (n) => n * 2).map((n) => n + 1); // prettier-ignore
    expect(await doubled.collect()).toEqual(numbers(3_000).map((n) => (n + 1) * 2 + 1));
    const repeated = rdd.flatMapAsync(async (n) => (n % 2 === 0 ? [n, n] : []));
    expect(await repeated.count()).toBe(3_000);
    expect(await rdd.filterAsync(async (n) => n % 3 === 0).count()).toBe(1_000);
    expect(await rdd.mapAsync((n) => n).reduce((a, b) => a + b)).toBe(4_498_500);
  });

  it('keep keys and their partitioning', async () => {
    const cluster = new RddCluster();
    const keyed = cluster.environment.parallelize(numbers(10), 2).map((n) => [n % 3, n]);
    const pairs = keyed.partitionBy(3);
    const looked = pairs.mapValuesAsync(async (n) => [n, `${n}`]);
    expect(looked.hashPartitions).toBe(3);
    expect(pairs.filterAsync(async () => true).hashPartitions).toBe(3);
    expect(pairs.mapAsync(async (pair) => pair).hashPartitions).toBeUndefined();
    const several = looked.flatMapValuesAsync(async ([n, text]) => [`${n}`, text]);
    const counts = several.groupByKey().mapValues((values) => values.length);
    expect(new Map(await counts.collect())).toEqual(new Map([[0, 8], [1, 6], [2, 6]])); // prettier-ignore
    // Only the pairs themselves were shuffled.
    expect(cluster.tasks.filter((task) => task.startsWith('map'))).toHaveLength(2);
  });

  it('pass through shuffles, caches and a chain of asynchronous operators', async () => {
    const { environment } = new RddCluster({ executors: executorsNamed('one', 'two') });
    let calls = 0;
    const looked = environment
      .parallelize(numbers(500), 4)
      .mapAsync(async (n) => (calls++, n), { concurrency: 3 })
      .mapAsync(async (n): Promise<[number, number]> => [n % 5, n], { concurrency: 2, ordered: false })
      .persist();
    const sums = looked.reduceByKey((a, b) => a + b);
    expect((await sums.values().collect()).reduce((a, b) => a + b)).toBe(124_750);
    expect(await looked.count()).toBe(500);
    expect(calls).toBe(500);
  });

  it('end with the records that an action needs', async () => {
    const { environment } = new RddCluster();
    const desk = new Desk();
    const taken = environment.parallelize(numbers(100), 1).mapAsync(desk.fn, { concurrency: 4 }).take(2);
    await settle();
    await desk.answer(0, 1);
    expect(await taken).toEqual([0, 10]);
    expect(desk.calls.slice(2).every(({ signal }) => signal.aborted)).toBe(true);
    expect(desk.begun).toBeLessThan(8);
  });
});

describe('order and bounds', () => {
  it('at most `concurrency` calls are open, and results leave in the order of records', async () => {
    const { environment } = new RddCluster();
    const desk = new Desk();
    const seen: number[] = [];
    const all = environment
      .parallelize(numbers(9), 1)
      .mapAsync(desk.fn, { concurrency: 3 })
      .map((n) => (seen.push(n), n))
      .collect();
    await settle();
    expect([...desk.open.keys()]).toEqual([0, 1, 2]);
    await desk.answer(2, 1);
    expect([seen, [...desk.open.keys()]]).toEqual([[], [0, 3, 4]]);
    await desk.answer(0);
    expect(seen).toEqual([0, 10, 20]);
    for (let record = 8; record > 2; record -= 1) await desk.answer(record);
    for (let record = 8; record > 2; record -= 1) await desk.answer(record);
    expect(await all).toEqual(numbers(9).map((n) => n * 10));
    expect(desk.mostOpen).toBe(3);
  });

  it('one slow record holds back a window of results, not the rest of the batch', async () => {
    const { environment } = new RddCluster();
    const desk = new Desk();
    const all = environment.parallelize(numbers(200), 1).mapAsync(desk.fn, { concurrency: 5 }).count();
    await settle();
    for (let record = 1; record < 200; record += 1) await desk.answer(record);
    expect(desk.begun).toBe(4 * 5);
    await desk.answer(0);
    while (desk.open.size > 0) await desk.answer(...desk.open.keys());
    expect(await all).toBe(200);
  });

  it('unordered results leave when they come', async () => {
    const { environment } = new RddCluster();
    const desk = new Desk();
    const all = environment
      .parallelize(numbers(4), 1)
      .mapAsync(desk.fn, { concurrency: 2, ordered: false })
      .collect();
    await settle();
    await desk.answer(1, 2, 3, 0);
    expect(await all).toEqual([10, 20, 30, 0]);
  });

  it('the records before wait while calls are open', async () => {
    const { environment } = new RddCluster();
    const desk = new Desk();
    let made = 0;
    const all = environment
      .parallelize(numbers(20_000), 1)
      .map((n) => (made++, n))
      .mapAsync(desk.fn, { concurrency: 10 })
      .count();
    await settle();
    expect(made).toBe(1_024);
    let most = 0;
    for (let begun = 0; begun < 20_000; begun = desk.begun) {
      most = Math.max(most, made - begun);
      await desk.answer(...desk.open.keys());
    }
    while (desk.open.size > 0) await desk.answer(...desk.open.keys());
    expect(await all).toBe(20_000);
    expect(most).toBeLessThanOrEqual(1_024 + 4 * 10);
  }, 60_000);
});

describe('identity', () => {
  it('is the same on a second run, and names the operator', async () => {
    const { environment } = new RddCluster({ maxTaskFailures: 2 });
    const keys: string[][] = [[], []];
    let run = 0;
    const rdd = environment.scope('2000/users', () => environment.parallelize(['a', 'b', 'c'], 2));
    const looked = environment.scope('2000/lookup', () =>
      rdd.mapAsync(async (text, { batch, attempt }) => {
        keys[run]?.push(`${batch.key} ${attempt} ${text}`);
        return batch;
      }),
    );
    const first = await looked.collect();
    run = 1;
    await looked.collect();
    expect(keys[0]).toEqual(['/2000/lookup/0/0 0 a', '/2000/lookup/1/0 0 b', '/2000/lookup/1/1 0 c']);
    expect(keys[1]).toEqual(keys[0]);
    expect(first[2]).toMatchObject({ batchTime: 2_000, operator: 'lookup', partition: 1, index: 1 });
  });
});

describe('failures', () => {
  it('name stream, operator, record and reason', async () => {
    const { environment } = new RddCluster({ maxTaskFailures: 1 });
    const rdd = environment.scope('2000/users', () => environment.parallelize([{ id: 7 }, { id: 8 }], 1));
    const looked = environment.scope('2000/lookup', () =>
      rdd.mapAsync(({ id }) => (id === 8 ? Promise.reject(new Error('no such user')) : id)),
    );
    const chain = await failureOf(looked.collect());
    expect(codesOf(chain)).toEqual(['MR_RDD_TASK_FAILED', 'MR_RDD_CALL_FAILED', 'no such user']);
    expect(chain[1]).toMatchObject({
      details: { operator: 'mapAsync', stream: 'lookup', batchTime: 2_000, partition: 0, index: 1, record: '{ id: 8 }' }, // prettier-ignore
    });
    expect(chain[1]?.message).toBe(
      'the function of mapAsync of stream lookup failed for the record { id: 8 }, record 1 of partition 0 of batch 2000, last with: no such user',
    );
  });

  it.each([
    ['throws', () => { throw new Error('at once'); }, 'at once'], // prettier-ignore
    ['rejects with a value', () => Promise.reject('a text'), 'a text'],
  ])('count whether the function %s', async (_what, fn, reason) => {
    const { environment } = new RddCluster({ maxTaskFailures: 1 });
    const chain = await failureOf(environment.parallelize([1], 1).mapAsync(fn).collect());
    expect(codesOf(chain).at(-1)).toBe(reason);
  });

  it('abort the other calls, and begin no further ones', async () => {
    const { environment } = new RddCluster({ maxTaskFailures: 1 });
    const desk = new Desk();
    const all = failureOf(
      environment.parallelize(numbers(10), 1).mapAsync(desk.fn, { concurrency: 3 }).collect(),
    );
    await settle();
    desk.open.get(0)?.reject(new Error('gone'));
    expect(codesOf(await all).at(-1)).toBe('gone');
    expect(desk.calls.map(({ signal }) => signal.aborted)).toEqual([false, true, true]);
    expect(desk.begun).toBe(3);
  });

  it('end the records before, also a source that reads between two slices', async () => {
    const cluster = new RddCluster({ maxTaskFailures: 1 });
    const read = Promise.withResolvers<void>();
    const source = cluster.environment.define<number>(() => ({
      kind: 'source',
      partitionCount: 1,
      dependencies: [],
      produce: async (_partition, context, push) => {
        push(numbers(100), 0, 100);
        await read.promise;
        await context.yield();
      },
    }));
    const all = failureOf(source.mapAsync(() => Promise.reject(new Error('bad'))).collect());
    await settle();
    read.resolve();
    await settle();
    expect(cluster.runners.get('one')?.holdings.underWay).toMatchObject({ 'tasks.running': 0 });
    expect(codesOf(await all).at(-1)).toBe('bad');
  });

  it('of an ordered operator are those of the first record in order', async () => {
    const { environment } = new RddCluster({ maxTaskFailures: 1 });
    const desk = new Desk();
    const all = failureOf(
      environment.parallelize(numbers(10), 1).mapAsync(desk.fn, { concurrency: 3 }).collect(),
    );
    await settle();
    desk.open.get(2)?.reject(new Error('two'));
    await settle();
    desk.open.get(1)?.reject(new Error('one'));
    await desk.answer(0);
    expect(codesOf(await all).at(-1)).toBe('one');
    expect(desk.begun).toBe(3);
  });

  it('of records that are no pairs, of results that are no list, of promises inside results', async () => {
    const { environment } = new RddCluster({ maxTaskFailures: 1 });
    const rdd = environment.parallelize([1], 1);
    const last = async (work: Promise<unknown>) => codesOf(await failureOf(work)).at(-1);
    expect(await last((rdd as never as typeof pairs).mapValuesAsync((n) => n).collect())).toBe('MR_RDD_RECORD_NOT_PAIR'); // prettier-ignore
    expect(await last(rdd.flatMapAsync(() => 1 as never).collect())).toBe('MR_RDD_RESULT_NOT_ITERABLE');
    expect(await last(rdd.flatMapAsync(async function* () { yield 1; } as never).collect())).toBe('MR_RDD_RESULT_NOT_ITERABLE'); // prettier-ignore
    expect(await last(rdd.mapAsync(async () => ({ user: Promise.resolve(1) })).collect())).toBe('MR_RDD_FUNCTION_ASYNCHRONOUS'); // prettier-ignore
    const pairs = rdd.map((n) => [n, n]);
    expect(await pairs.mapValuesAsync((n) => n).collect()).toEqual([[1, 1]]);
  });
});

describe('attempts and time-outs', () => {
  it('pause longer and longer between attempts', async () => {
    const cluster = new RddCluster();
    const begun: number[] = [];
    const all = cluster.environment
      .parallelize([1], 1)
      .mapAsync(
        async (_, { attempt }) => {
          begun.push(cluster.clock.monotonicMs());
          if (attempt < 3) throw new Error('not yet');
          return attempt;
        },
        { attempts: 4 },
      )
      .collect();
    await cluster.clock.advance(2_000);
    expect(await all).toEqual([3]);
    const pauses = begun.slice(1).map((at, index) => at - (begun[index] ?? 0));
    for (const [index, pause] of pauses.entries()) {
      expect(pause).toBeGreaterThanOrEqual(50 * 2 ** index);
      expect(pause).toBeLessThanOrEqual(100 * 2 ** index);
    }
    expect(cluster.clock.pendingTimers).toBe(0);
  });

  it('abort an attempt that takes too long, and go on without it', async () => {
    const cluster = new RddCluster({ maxTaskFailures: 1 });
    const reasons: unknown[] = [];
    const never = (_: number, { signal }: AsyncCall) => {
      signal.addEventListener('abort', () => reasons.push(signal.reason));
      return new Promise<number>(() => undefined);
    };
    const all = failureOf(
      cluster.environment.parallelize([1], 1).mapAsync(never, { timeoutMs: 500, attempts: 2 }).collect(),
    );
    await cluster.clock.advance(499);
    expect(reasons).toEqual([]);
    await cluster.clock.advance(2_000);
    const chain = await all;
    expect(codesOf(chain)).toEqual(['MR_RDD_TASK_FAILED', 'MR_RDD_CALL_FAILED', 'MR_RDD_CALL_TIMED_OUT']);
    expect(reasons).toEqual([chain[2], chain[2]].map(() => expect.objectContaining({ code: 'MR_RDD_CALL_TIMED_OUT' }))); // prettier-ignore
    expect(chain[1]?.message).toContain('failed 2 times');
    expect(cluster.clock.pendingTimers).toBe(0);
  });

  it.each([
    [{ concurrency: 0 }],
    [{ concurrency: 1.5 }],
    [{ attempts: 0 }],
    [{ timeoutMs: -1 }],
    [{ timeoutMs: Number.NaN }],
    [{ ordered: 'no' }],
    [{ concurency: 3 }],
    [7],
  ])('refuse the options %j', (options) => {
    const { environment } = new RddCluster();
    const rdd = environment.parallelize([1], 1);
    expect(() => rdd.mapAsync(async (n) => n, options as never)).toThrow(
      expect.objectContaining({ code: 'MR_CONFIG_INVALID_OPTION' }),
    );
    expect(() => rdd.filterAsync('yes' as never)).toThrow(
      expect.objectContaining({ code: 'MR_RDD_INVALID_ARGUMENT' }),
    );
  });
});

describe('ends', () => {
  it('of an executor abort its calls', async () => {
    const cluster = new RddCluster({ maxTaskFailures: 1, maxTaskLosses: 1 });
    const desk = new Desk();
    const all = failureOf(cluster.environment.parallelize(numbers(3), 1).mapAsync(desk.fn, { timeoutMs: 9_000 }).collect()); // prettier-ignore
    await settle();
    const [runner] = cluster.runners.values();
    expect(runner?.holdings.underWay).toMatchObject({ 'tasks.running': 1, 'tasks.calls': 3 });
    runner?.close();
    expect((await all).length).toBeGreaterThan(0);
    expect(desk.calls.map(({ signal }) => signal.aborted)).toEqual([true, true, true]);
    expect(runner?.holdings.underWay).toMatchObject({ 'tasks.running': 0, 'tasks.calls': 0 });
    expect(cluster.clock.pendingTimers).toBe(0);
  });

  it('of a job abort the calls of its other tasks, wherever they are', async () => {
    const cluster = new RddCluster({ executors: executorsNamed('one', 'two'), maxTaskFailures: 1 });
    const desk = new Desk();
    const rdd = cluster.environment.parallelize(numbers(2), 2);
    const all = failureOf(rdd.mapAsync(desk.fn, { attempts: 5 }).collect());
    const failing = failureOf(
      rdd.mapAsync((n, call) => (n === 1 ? Promise.reject(new Error('bad')) : desk.fn(n + 10, call))).count(),
    );
    await settle();
    await desk.answer(0, 1);
    expect(await all).toEqual([]);
    expect(codesOf(await failing).at(-1)).toBe('bad');
    await settle();
    expect(desk.calls.map(({ signal }) => signal.aborted)).toEqual([false, false, true]);
    expect([...cluster.runners.values()].map((runner) => runner.holdings.underWay['tasks.calls'])).toEqual([0, 0]); // prettier-ignore
  });

  it('of a cancelled job abort its calls, and free the executor', async () => {
    const cluster = new RddCluster();
    const desk = new Desk();
    const stop = new AbortController();
    const rdd = cluster.environment.parallelize(numbers(2), 1).mapAsync(desk.fn);
    const all = failureOf(
      cluster.environment.inJob({ batchTime: 1_000, outputOperation: 0, signal: stop.signal }, () =>
        rdd.count(),
      ),
    );
    await settle();
    stop.abort(new Error('the engine is stopping'));
    expect(codesOf(await all)[0]).toBe('MR_RDD_JOB_CANCELLED');
    await settle();
    expect(desk.calls.map(({ signal }) => signal.aborted)).toEqual([true, true]);
    expect(await cluster.environment.parallelize([1], 1).count()).toBe(1);
  });

  it('of one job leave a partition to another job that waits for the same computation', async () => {
    const cluster = new RddCluster({
      executors: [{ executorId: 'one', host: 'localhost', cores: 2 }],
      maxTaskFailures: 1,
    });
    const desk = new Desk();
    const stop = new AbortController();
    const shared = cluster.environment.parallelize(numbers(1), 1).mapAsync(desk.fn).persist();
    const first = failureOf(
      cluster.environment.inJob({ batchTime: 1_000, outputOperation: 0, signal: stop.signal }, () =>
        shared.count(),
      ),
    );
    await settle();
    const second = shared.collect();
    await settle();
    expect(desk.begun).toBe(1);
    stop.abort();
    expect(codesOf(await first)[0]).toBe('MR_RDD_JOB_CANCELLED');
    await settle();
    await desk.answer(0);
    expect(await second).toEqual([0]);
    expect(desk.begun).toBe(2);
  });
});
