import { ManualClock } from '@millrace/core';
import { expect, it } from 'vitest';
import type { Cluster } from '../cluster/cluster.ts';
import { REPLACED, Supervisor } from './supervisor.ts';

it('a supervisor has ended when the driver that is being started stands by', async () => {
  const clock = new ManualClock();
  const standsBy = Promise.withResolvers<void>();
  let starts = 0;
  const cluster = {
    exitOfDriver: () => (starts === 0 ? REPLACED : undefined),
    hasHostEnded: () => false,
    startDriver: () => {
      starts += 1;
      return standsBy.promise;
    },
  } as unknown as Cluster;
  const supervisor = new Supervisor(cluster, clock);
  supervisor.begin();
  await clock.advance(0);
  expect(starts).toBe(1);
  let hasEnded = false;
  const ending = supervisor.end().then(() => (hasEnded = true));
  await clock.advance(10_000);
  expect(hasEnded).toBe(false);
  standsBy.resolve();
  await ending;
  await clock.advance(10_000);
  expect([starts, supervisor.problems]).toEqual([1, []]);
});
