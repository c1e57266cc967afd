import { describe, expect, it } from 'vitest';
import { type BenchProbe, type BenchSuite, metricsOf } from './runner/suite.ts';
import { SUITES } from './suites.ts';

/**
 * One workload shows that a suite works, since the others differ only in size; workloads of `store` have separate
 * loops.
 */
const tried = ({ name, workloads }: BenchSuite) => (name === 'store' ? workloads : workloads.slice(0, 1));

async function tryProbe(probe: BenchProbe, suite: BenchSuite): Promise<void> {
  const readings = await probe.measure({ seconds: 0.05, isQuick: true });
  expect(Object.keys(readings).toSorted()).toEqual(
    metricsOf(suite)
      .map(({ name }) => name)
      .toSorted(),
  );
}

describe.each(SUITES)('the suite $name', (suite) => {
  // Suites that need more than npm packages are not part of the tests.
  it.skipIf(suite.needsPeers === true).each(tried(suite))(
    'runs each contender of "$name"',
    { timeout: 180_000 },
    async (workload) => {
      const cases = workload.makeCases();
      const names = cases.map(({ name }) => name);
      expect(names.length).toBe(suite.contenders);
      for (const { contender, against = contender } of workload.budgets)
        expect(names).toEqual(expect.arrayContaining([contender, against]));
      try {
        for (const one of cases) await ('run' in one ? one.run() : tryProbe(one, suite));
      } finally {
        for (const one of cases) await one.close();
      }
    },
  );
});
