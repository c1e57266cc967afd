// A sample run for tests of reports and baselines.
import type { RunResult } from '../runner/run-result.ts';
import { judge, summarize } from '../runner/statistics.ts';

/** The values chosen by a test. */
export interface AnyRunValues {
  readonly ours?: readonly number[];
  readonly theirs?: readonly number[];
  readonly delays?: readonly number[];
  readonly machine?: string;
}

/** A run of one suite, one workload, two contenders, and a budget between them. */
export function anyRun({
  ours = [100, 100, 100],
  theirs = [100, 100, 100],
  delays = [1, 1, 1],
  machine = 'a machine',
}: AnyRunValues): RunResult {
  const measured = new Map([
    ['ours', new Map([['rate', ours] as const, ['delay', delays] as const])],
    ['theirs', new Map([['rate', theirs]])],
  ]);
  const budget = { contender: 'ours', against: 'theirs', atLeast: 0.8, line: 'store' } as const;
  return {
    surroundings: {
      machine,
      disk: 'a disk',
      node: 'v24',
      v8: '13',
      commit: 'abc',
      startedAt: '2026-01-01',
      load: '0',
    },
    options: { rounds: 3, maxSeconds: 1, minSamples: 1, seconds: 1, isQuick: false, hasWarmUp: true },
    suites: [
      {
        suite: 'suite',
        purpose: 'how <fast> it is',
        tookSeconds: 75.4,
        metrics: [
          { name: 'rate', unit: 'records/s', better: 'more' },
          { name: 'delay', unit: 'ms', better: 'less', percentile: 50, family: 'delay' },
        ],
        workloads: [
          {
            workload: 'work',
            cases: [...measured].map(([name, metrics]) => ({
              name,
              metrics: Object.fromEntries(
                [...metrics].map(([metric, values]) => [metric, { values, summary: summarize(values) }]),
              ),
            })),
            budgets: [judge(budget, measured)],
          },
        ],
      },
    ],
    absent: [{ suite: 'spark', reason: 'it is not there' }],
  };
}
