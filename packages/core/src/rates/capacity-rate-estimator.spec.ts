import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BatchMeasurement } from '../contracts/rate-estimator.ts';
import { CapacityRateEstimator, CapacityRateEstimatorFactory } from './capacity-rate-estimator.ts';

const INTERVAL_MS = 1_000;

/** An estimator, fed batch by batch. */
function estimating(initialRate?: number) {
  const given = initialRate === undefined ? {} : { initialRate };
  const estimator = new CapacityRateEstimator({ batchIntervalMs: INTERVAL_MS, ...given });
  let batchTime = 0;
  return (recordCount: number, processingDelayMs: number, more: Partial<BatchMeasurement> = {}) => {
    batchTime += INTERVAL_MS;
    // Far apart: no batch ends before an earlier one.
    const processingEndMs = batchTime * 100 + processingDelayMs;
    const times = { batchTime, processingEndMs, processingDelayMs, schedulingDelayMs: 0 };
    return estimator.next({ ...times, recordCount, sizeBytes: recordCount * 100, ...more });
  };
}

describe('CapacityRateEstimator', () => {
  it('returns the rate that fills most of the interval', () => {
    const next = estimating();
    expect(next(10_000, 2_000)).toBeCloseTo(4_500);
    expect(next(4_500, 900)).toBeCloseTo(4_500);
  });

  it('finds the fixed cost of a batch from batches of different size', () => {
    const next = estimating(1_000);
    let rate = 1_000;
    for (let batch = 0; batch < 20; batch += 1) rate = next(rate, 600 + rate * 0.1) ?? rate;
    expect(rate).toBeGreaterThan(2_700);
    expect(rate).toBeLessThan(3_100);
  });

  it('rises to at most four times the received rate', () => {
    expect(estimating()(100, 0.1)).toBeCloseTo(400);
  });

  it('rises when the clock is too coarse to see the batch', () => {
    const next = estimating(100);
    expect(next(100, 0)).toBeCloseTo(400);
    expect(next(400, 0)).toBeCloseTo(1_600);
  });

  it('keeps the rate over small batches, however slow per record', () => {
    const next = estimating(10_000);
    const before = next(8_000, 900) ?? 0;
    for (let batch = 0; batch < 50; batch += 1) expect(next(10, 200)).toBe(before);
  });

  it.each([
    [4_999, false],
    [5_000, true],
  ])('learns the rate from a batch of at least half the permitted size: %i', (records, learns) => {
    const next = estimating(10_000);
    const before = next(10_000, 900) ?? 0;
    expect((next(records, 1) ?? 0) > before).toBe(learns);
  });

  it('does not trust the initial rate beyond the cost of the first batches', () => {
    const next = estimating(100_000);
    expect(next(5_000, 450)).toBeCloseTo(10_000);
  });

  it('keeps the rate after one slow batch', () => {
    const next = estimating(10_000);
    for (let batch = 0; batch < 5; batch += 1) next(9_000, 900);
    expect(next(9_000, 1_800)).toBeGreaterThan(5_000);
    // The model system uses this one batch alone: 5,000, and less after a wait.
  });

  it('reduces the rate by a part while batches wait, never to nothing', () => {
    const next = estimating();
    const rate = next(10_000, 2_000) ?? 0;
    expect(next(4_500, 900, { schedulingDelayMs: 600 })).toBeCloseTo(rate * 0.75);
    expect(next(4_500, 900, { schedulingDelayMs: 60_000 })).toBeCloseTo(rate * 0.25);
    expect(next(4_500, 900)).toBeCloseTo(rate);
  });

  it('returns undefined for a batch without input, and for a late batch (RATE-4)', () => {
    const next = estimating(500);
    expect(next(0, 50)).toBeUndefined();
    next(100, 900);
    expect(next(100, 900, { processingEndMs: 1 })).toBeUndefined();
  });

  it('measures in bytes without a count of records (RATE-5)', () => {
    const next = estimating();
    expect(next(0, 2_000, { sizeBytes: 10_000 })).toBeCloseTo(4_500);
    expect(next(0, 450, { sizeBytes: 4_500 })).toBeGreaterThan(4_500);
  });

  it('is created anew for each stream (RATE-1)', () => {
    const factory = new CapacityRateEstimatorFactory();
    const options = { batchIntervalMs: INTERVAL_MS };
    expect(factory.create(options)).not.toBe(factory.create(options));
  });

  it('returns a rate above 0 for any measurements (RATE-3, RATE-6)', () => {
    const amount = fc.integer({ min: 1, max: 10_000_000 });
    const delay = fc.double({ min: 0, max: 1e7, noNaN: true });
    fc.assert(
      fc.property(fc.array(fc.tuple(amount, delay, delay), { minLength: 1 }), (batches) => {
        const next = estimating(10_000);
        for (const [recordCount, processingDelayMs, schedulingDelayMs] of batches) {
          const rate = next(recordCount, processingDelayMs, { processingEndMs: 1, schedulingDelayMs });
          expect(rate).toBeGreaterThan(0);
          expect(rate).toBeLessThan(Infinity);
        }
      }),
    );
  });
});
