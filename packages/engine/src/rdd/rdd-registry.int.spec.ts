import { setImmediate as nextTurn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { RddCluster } from '../../test/rdd-cluster.ts';

it('removes an unreferenced RDD made outside scopes, with all data held for it', async () => {
  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc') as () => void;
  const cluster = new RddCluster();
  const { environment } = cluster;
  const rdd = environment.parallelize([1]);
  await environment.parallelize([1, 2], 2).keyBy((n) => n).groupByKey(2).persist().count(); // prettier-ignore
  const runner = cluster.runners.get('one');
  expect(runner?.heldRecords).toEqual({ cached: 2, shuffled: 2 });
  for (let turn = 0; turn < 100 && environment.idsOf('adhoc').length > 1; turn++) {
    collectGarbage();
    await nextTurn();
  }
  expect(environment.idsOf('adhoc')).toEqual([rdd.id]);
  expect(runner?.heldRecords).toEqual({ cached: 0, shuffled: 0 });
});
