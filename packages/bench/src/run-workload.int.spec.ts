import { describe, expect, it } from 'vitest';
import { runWorkload } from './run-workload.ts';
import type { BenchCase, BenchWorkload } from './suite.ts';

const quick = { rounds: 2, maxSeconds: 0.001, minSamples: 1 };

function workloadOf(...cases: BenchCase[]): BenchWorkload {
  return { name: 'test', makeCases: () => cases, budgets: [{ contender: 'a', against: 'b', atLeast: 0 }] };
}

function caseNamed(name: string, run: () => Promise<void>, closed: string[] = []): BenchCase {
  return { name, operations: 10, run, close: async () => void closed.push(name) };
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('runWorkload', () => {
  it('measures the cases in turn and compares them', async () => {
    const measured: string[] = [];
    const result = await runWorkload(workloadOf(caseNamed('a', turn), caseNamed('b', turn)), quick, (name) =>
      measured.push(name),
    );
    expect(measured).toEqual(['a', 'b', 'a', 'b', 'a', 'b']);
    expect(result.cases.map(({ name, rates }) => [name, rates.length])).toEqual([
      ['a', 2],
      ['b', 2],
    ]);
    expect(result.cases[0]?.rate.least).toBeGreaterThan(0);
    expect(result.budgets[0]?.ratio.median).toBeGreaterThan(0);
  });

  it.each([
    ['throws', () => throwing()],
    ['rejects', () => Promise.reject(new Error('broken case'))],
    ['rejects later', () => turn().then(() => throwing())],
  ])('fails when a case %s, and closes all of them', async (_how, run) => {
    const closed: string[] = [];
    const workload = workloadOf(caseNamed('a', turn, closed), caseNamed('b', run, closed));
    await expect(runWorkload(workload, quick, () => undefined)).rejects.toThrow('broken case');
    expect(closed).toEqual(['a', 'b']);
  });
});

function throwing(): Promise<void> {
  throw new Error('broken case');
}
