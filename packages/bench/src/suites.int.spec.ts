import { describe, expect, it } from 'vitest';
import type { BenchSuite } from './suite.ts';
import { SUITES } from './suites.ts';

/** One shows that a suite works, the others do the same in other sizes; those of `store` have loops of their own. */
const tried = ({ name, workloads }: BenchSuite) => (name === 'store' ? workloads : workloads.slice(0, 1));

describe.each(SUITES)('the suite $name', (suite) => {
  it.each(tried(suite))('runs each contender of "$name"', { timeout: 60_000 }, async (workload) => {
    const cases = workload.makeCases();
    const names = cases.map(({ name }) => name);
    expect(names.length).toBe(suite.contenders);
    for (const { contender, against = contender } of workload.budgets)
      expect(names).toEqual(expect.arrayContaining([contender, against]));
    try {
      for (const one of cases) await one.run();
    } finally {
      for (const one of cases) await one.close();
    }
  });
});
