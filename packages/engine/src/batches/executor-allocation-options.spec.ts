import { describe, expect, it } from 'vitest';
import { resolveExecutorAllocation, boundExecutorAllocation } from './executor-allocation-options.ts';

describe('the options of executor allocation', () => {
  it('are off by default, and otherwise those of the model system', () => {
    expect(resolveExecutorAllocation()).toBeUndefined();
    expect(resolveExecutorAllocation(false)).toBeUndefined();
    const defaults = { scalingIntervalMs: 60_000, scalingUpRatio: 0.9, scalingDownRatio: 0.3 };
    expect(resolveExecutorAllocation(true)).toEqual(defaults);
    expect(resolveExecutorAllocation({})).toEqual(defaults);
    const undefinedOnes = { minExecutors: undefined, scalingUpRatio: undefined } as object;
    expect(resolveExecutorAllocation(undefinedOnes)).toEqual(defaults);
  });

  it.each<[unknown, string]>([
    [{ minExecutors: 0 }, 'executorAllocation.minExecutors'],
    [{ maxExecutors: 1.5 }, 'executorAllocation.maxExecutors'],
    [{ scalingIntervalMs: 0 }, 'executorAllocation.scalingIntervalMs'],
    [{ scalingUpRatio: 0 }, 'executorAllocation.scalingUpRatio'],
    [{ scalingDownRatio: -0.1 }, 'executorAllocation.scalingDownRatio'],
    [{ scalingDownRatio: Number.NaN }, 'executorAllocation.scalingDownRatio'],
    [{ scalingUpRatio: 0.3 }, 'executorAllocation.scalingUpRatio'],
    [{ scalingUpRatio: 0.5, scalingDownRatio: 0.6 }, 'executorAllocation.scalingUpRatio'],
    [{ minExecutors: 3, maxExecutors: 2 }, 'executorAllocation.maxExecutors'],
    [{ executors: 3 }, 'executorAllocation.executors'],
    ['on', 'executorAllocation'],
  ])('refuse %j', (given, option) => {
    expect(() => resolveExecutorAllocation(given as boolean)).toThrow(
      expect.objectContaining({
        code: 'MR_CONFIG_INVALID_OPTION',
        details: expect.objectContaining({ path: option }) as unknown,
      }),
    );
  });

  it('take minExecutors from the receivers and maxExecutors from the backend', () => {
    const settle = (chosen: object, receivers: number, maxUseful: number) => {
      const resolved = resolveExecutorAllocation(chosen);
      if (resolved === undefined) throw new TypeError('allocation is on');
      const { minExecutors, maxExecutors } = boundExecutorAllocation(resolved, { receivers, maxUseful });
      return [minExecutors, maxExecutors];
    };
    expect(settle({}, 0, 8)).toEqual([1, 8]);
    expect(settle({}, 3, 8)).toEqual([3, 8]);
    expect(settle({}, 3, 2)).toEqual([2, 2]);
    expect(settle({ minExecutors: 4 }, 1, 2)).toEqual([4, 4]);
    expect(settle({ minExecutors: 1, maxExecutors: 100 }, 3, 2)).toEqual([1, 100]);
  });
});
