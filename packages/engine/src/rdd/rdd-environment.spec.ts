import { describe, expect, it } from 'vitest';
import { RddCluster } from '../../test/rdd-cluster.ts';
import { RddEnvironment } from './rdd-environment.ts';

describe('names', () => {
  it('count inside a scope, in the order of creation', () => {
    const { environment } = new RddCluster();
    const ids = environment.scope('1000/map', () => {
      const first = environment.parallelize([1]);
      const inner = environment.scope('1000/input', () => environment.empty());
      return [first, inner, first.map((n) => n), first.filter(() => true)].map((rdd) => rdd.id);
    });
    expect(ids).toEqual(['1000/map', '1000/input', '1000/map#1', '1000/map#2']);
    expect(environment.scope('1000/map', () => environment.empty().id)).toBe('1000/map#3');
    expect([environment.empty().id, environment.empty().id]).toEqual(['adhoc-0', 'adhoc-1']);
  });

  it('are the same in every environment that runs the program', () => {
    const program = (environment: RddEnvironment) =>
      environment.scope('x', () => environment.parallelize([1]).keyBy((n) => n).groupByKey().join(
        environment.parallelize([[1, 2] as const]),
      ).id); // prettier-ignore
    const make = () => new RddEnvironment({ defaultParallelism: 2 });
    expect(program(make())).toBe(program(make()));
  });

  it('inside a job come from batch and output operation, also after waiting', async () => {
    const { environment } = new RddCluster();
    const id = await environment.inJob({ batchTime: 7, outputOperation: 2 }, async () => {
      await Promise.resolve();
      return environment.empty().id;
    });
    expect(id).toBe('7/output-2');
  });

  it('survive an error inside a scope', () => {
    const { environment } = new RddCluster();
    const failing = () =>
      environment.scope('broken', () => {
        throw new Error('no');
      });
    expect(failing).toThrow('no');
    expect(environment.empty().id).toBe('adhoc-0');
  });
});

describe('finding and forgetting', () => {
  it('finds an RDD until it is forgotten, then counts anew', () => {
    const { environment } = new RddCluster();
    const make = () => environment.scope('1000/a', () => [environment.empty(), environment.empty()] as const);
    const [first, second] = make();
    expect(environment.find('1000/a#1')).toBe(second);
    expect(environment.idsOf('1000/a')).toEqual(['1000/a', '1000/a#1']);
    environment.forget([first.id, second.id, 'never known']);
    expect(environment.find('1000/a')).toBeUndefined();
    expect(make().map((rdd) => rdd.id)).toEqual(['1000/a', '1000/a#1']);
  });

  it('keeps nothing for a finished job, except persisted RDDs', async () => {
    const cluster = new RddCluster();
    const { environment } = cluster;
    const input = environment.parallelize([1, 2, 3], 2);
    await environment.inJob({ batchTime: 1, outputOperation: 0 }, async () => {
      const groups = input.keyBy((n) => n).groupByKey(2);
      await groups.persist().count();
      expect(cluster.runners.get('one')?.heldRecords).toEqual({ cached: 3, shuffled: 3 });
      await groups
        .mapValues((values) => values.length)
        .partitionBy(3)
        .count();
    });
    expect(cluster.runners.get('one')?.heldRecords).toEqual({ cached: 3, shuffled: 3 });
  });
});

describe('actions', () => {
  it('are refused on an executor', async () => {
    const environment = new RddEnvironment({ defaultParallelism: 1 });
    await expect(environment.parallelize([1]).count()).rejects.toMatchObject({ code: 'MR_RDD_NO_DRIVER' });
  });

  it('are refused inside a task', async () => {
    const { environment } = new RddCluster({ maxTaskFailures: 1 });
    const inner = environment.parallelize([1]);
    const outer = environment.parallelize([1], 1).foreachPartition(async () => void (await inner.count()));
    await expect(outer).rejects.toMatchObject({ code: 'MR_RDD_NO_DRIVER' });
  });

  it('are known only while their job runs', async () => {
    const cluster = new RddCluster();
    const { environment } = cluster;
    const rdd = environment.parallelize([1], 1);
    const [sum, all] = await Promise.all([rdd.count(), rdd.collect(), rdd.collect()]);
    expect([sum, all]).toEqual([1, [1]]);
    expect(cluster.sent.map(({ request }) => request.task.action)).toEqual(['count', 'collect', 'collect#1']);
    expect(environment.findAction(rdd.id, 'collect')).toBeUndefined();
    const late = await cluster.runners.get('one')?.run(cluster.sent[0]!.request);
    expect(late).toMatchObject({ ok: false, error: { code: 'MR_RDD_UNKNOWN' } });
  });
});
