import { describe, expect, it } from 'vitest';
import { PidRateEstimator } from './pid-rate-estimator.ts';

/** A batch that ended this number of seconds after the start. */
const batch = (
  endSeconds: number,
  recordCount: number,
  processingDelayMs: number,
  schedulingDelayMs = 0,
) => ({
  batchTime: endSeconds * 1_000,
  processingEndMs: endSeconds * 1_000,
  recordCount,
  sizeBytes: recordCount,
  processingDelayMs,
  schedulingDelayMs,
});

describe('PidRateEstimator', () => {
  it.each([
    [0, {}, 'batchIntervalMs'],
    [1_000, { proportional: -1 }, 'proportional'],
    [1_000, { integral: -0.1 }, 'integral'],
    [1_000, { derivative: Number.NaN }, 'derivative'],
    [1_000, { minRate: 0 }, 'minRate'],
  ])('refuses an interval of %d with %j', (intervalMs, parameters, option) => {
    expect(() => new PidRateEstimator(intervalMs, parameters)).toThrow(
      expect.objectContaining({
        code: 'MR_CONFIG_INVALID_OPTION',
        details: expect.objectContaining({ path: option }) as unknown,
      }),
    );
  });

  it('returns undefined for the first relevant batch', () => {
    const estimator = new PidRateEstimator(1_000);
    expect(estimator.next(batch(1, 0, 100))).toBeUndefined();
    expect(estimator.next(batch(1, 500, 0))).toBeUndefined();
    expect(estimator.next(batch(1, 500, 500))).toBeUndefined();
    expect(estimator.next(batch(2, 500, 500))).toBe(1_000);
  });

  it('returns undefined for a batch that is not later', () => {
    const estimator = new PidRateEstimator(1_000);
    estimator.next(batch(2, 500, 500));
    expect(estimator.next(batch(2, 500, 500))).toBeUndefined();
  });

  it('subtracts a part of the backlog', () => {
    const estimator = new PidRateEstimator(1_000, { proportional: 1, integral: 0.2 });
    estimator.next(batch(1, 500, 500));
    // 1,000 a second less 0.2 × half an interval of 1,000 a second.
    expect(estimator.next(batch(2, 500, 500, 500))).toBeCloseTo(900);
  });

  it('includes the change of the difference', () => {
    const estimator = new PidRateEstimator(1_000, { proportional: 1, integral: 0, derivative: 0.5 });
    estimator.next(batch(1, 1_000, 1_000));
    // Error 1,000 − 2,000, change of the error −1,000 in 2 s: 2,000 + 0.5 × 500.
    expect(estimator.next(batch(3, 2_000, 1_000))).toBeCloseTo(2_250);
  });

  it('closes a part of the difference with a smaller proportional part', () => {
    const estimator = new PidRateEstimator(1_000, { proportional: 0.5, integral: 0 });
    estimator.next(batch(1, 1_000, 1_000));
    expect(estimator.next(batch(2, 3_000, 1_000))).toBeCloseTo(2_000);
  });

  it('is never below the least rate', () => {
    const estimator = new PidRateEstimator(1_000, { minRate: 100 });
    estimator.next(batch(1, 500, 500));
    expect(estimator.next(batch(2, 1, 1_000))).toBe(100);
  });
});
