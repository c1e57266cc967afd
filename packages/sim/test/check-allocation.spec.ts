import { expect, it } from 'vitest';
import { checkAllocation, type Scaled } from '../src/check-allocation.ts';
import { drawPlan } from '../src/draw-plan.ts';
import type { AllocationPlan } from '../src/plan.ts';

const [stream] = drawPlan('1').streams;
const RATIOS = { scalingIntervalMs: 1_000, scalingUpRatio: 0.9, scalingDownRatio: 0.3 };

/** The violations after a change of the number of executors of a program with two receivers. */
function said(scaled: Scaled, bounds?: Pick<AllocationPlan, 'minExecutors' | 'maxExecutors'>) {
  const found: string[] = [];
  const streams = stream === undefined ? [] : [stream, stream];
  const allocation = bounds === undefined ? {} : { allocation: { ...RATIOS, ...bounds } };
  checkAllocation({ streams, ...allocation }, scaled, (promise, what) => found.push(`${promise}: ${what}`));
  return found;
}

it('accepts a number of executors within its bounds', () => {
  expect(said({ wanted: 3, change: 'added' }, { maxExecutors: 3 })).toEqual([]);
  expect(said({ wanted: 2, change: 'retired' }, { maxExecutors: 3 })).toEqual([]);
  expect(said({ wanted: 1, change: 'retired' }, { minExecutors: 1, maxExecutors: 3 })).toEqual([]);
  // More executors than the bound may have been there from the start.
  expect(said({ wanted: 4, change: 'retired' }, { maxExecutors: 3 })).toEqual([]);
});

it('reports a number of executors beyond its bounds, and any change of a fixed number', () => {
  expect(said({ wanted: 4, change: 'added' }, { maxExecutors: 3 })).toEqual([
    'allocation: 4 executors are wanted, at most 3 are allowed',
  ]);
  expect(said({ wanted: 1, change: 'retired' }, { maxExecutors: 3 })).toEqual([
    'allocation: 1 executors are left, at least 2 are required',
  ]);
  expect(said({ wanted: 1, change: 'retired' })).toEqual([
    'allocation: an executor was retired, and the number of executors is fixed',
  ]);
});
