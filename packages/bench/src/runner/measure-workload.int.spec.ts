import { describe, expect, it } from 'vitest';
import { measureWorkload } from './measure-workload.ts';
import type { BenchCase, BenchProbe, BenchWorkload, Contender } from './suite.ts';

const quick = { rounds: 2, maxSeconds: 0.001, minSamples: 1, seconds: 0.001, isQuick: true, hasWarmUp: true };

function workloadOf(...cases: Contender[]): BenchWorkload {
  return { name: 'test', makeCases: () => cases, budgets: [{ contender: 'a', against: 'b', atLeast: 0 }] };
}

function caseNamed(name: string, run: () => Promise<void>, closed: string[] = []): BenchCase {
  return { name, operations: 10, run, close: async () => void closed.push(name) };
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('runWorkload', () => {
  it('measures the cases in turn and compares them', async () => {
    const measured: string[] = [];
    const result = await measureWorkload(
      workloadOf(caseNamed('a', turn), caseNamed('b', turn)),
      quick,
      (name) => measured.push(name),
    );
    expect(measured).toEqual(['a', 'b', 'a', 'b', 'a', 'b']);
    expect(result.cases.map(({ name, metrics }) => [name, metrics['rate']?.values.length])).toEqual([
      ['a', 2],
      ['b', 2],
    ]);
    expect(result.cases[0]?.metrics['rate']?.summary.least).toBeGreaterThan(0);
    expect(result.budgets[0]?.ratio.median).toBeGreaterThan(0);
  });

  it('takes the figures of a probe, without a warm-up round', async () => {
    let calls = 0;
    const probe = (name: string): BenchProbe => ({
      name,
      measure: async () => ({ rate: (calls += 1), heap: 5 }),
      close: async () => {},
    });
    const options = { ...quick, hasWarmUp: false };
    const result = await measureWorkload(workloadOf(probe('a'), probe('b')), options, () => undefined);
    expect(result.cases.map(({ metrics }) => metrics['rate']?.values)).toEqual([
      [1, 3],
      [2, 4],
    ]);
    expect(result.cases[0]?.metrics['heap']?.summary.median).toBe(5);
  });

  it.each([
    ['throws', () => throwing()],
    ['rejects', () => Promise.reject(new Error('broken case'))],
    ['rejects later', () => turn().then(() => throwing())],
  ])('fails when a case %s, and closes all cases', async (_how, run) => {
    const closed: string[] = [];
    const workload = workloadOf(caseNamed('a', turn, closed), caseNamed('b', run, closed));
    await expect(measureWorkload(workload, quick, () => undefined)).rejects.toThrow('broken case');
    expect(closed).toEqual(['a', 'b']);
  });
});

function throwing(): Promise<void> {
  throw new Error('broken case');
}
