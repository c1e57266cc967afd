// Sinks of programs with known answers, as they are drawn.
import { describe, expect, it } from 'vitest';
import { drawKnownSinks } from '../src/draw-known-sinks.ts';
import { drawPlan } from '../src/draw-plan.ts';
import type { Plan } from '../src/plan.ts';

/** The failure rates of the tables in SQLite, one for each of many seeds. */
function ratesOf(set: Pick<Plan, 'durability' | 'onBatchFailure'>): ReadonlySet<number | undefined> {
  const plans = Array.from({ length: 100 }, (_, seed): Plan => {
    const { program: _program, sinks: _sinks, ...plan } = drawPlan(`${seed + 1}`);
    return drawKnownSinks({ ...plan, ...set }, { sink: 'sqliteTable' });
  });
  const tables = plans.flatMap(({ sinks = [] }) => sinks.filter(({ kind }) => kind === 'sqliteTable'));
  expect(tables).toHaveLength(100);
  return new Set(tables.map(({ sink }) => sink?.failureRate));
}

describe('sinks of programs with known answers', () => {
  it('do not fail where a failed batch ends the driver, and nothing outlives the driver', () => {
    expect(ratesOf({ durability: 'memory', onBatchFailure: 'stop' })).toEqual(new Set([0]));
  });

  it.each([
    { durability: 'memory', onBatchFailure: 'hold' },
    { durability: 'process', onBatchFailure: 'stop' },
  ] as const)('fail with $durability and $onBatchFailure', (set) => {
    expect(ratesOf(set)).toEqual(new Set([0, 0.02, 0.1, 0.3]));
  });
});
