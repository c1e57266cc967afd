import { RateEstimatorFactory, type Plugin } from '@millrace/core';
import { assemblePorts } from '@millrace/core/engine';
import { describe, expect, it } from 'vitest';
import { fixedRateEstimation, pidRateEstimation } from './rates.module.ts';

const factoryOf = (plugin: Plugin) => assemblePorts([plugin]).ports.get(RateEstimatorFactory);
const slow = {
  batchTime: 1_000,
  processingEndMs: 2_000,
  recordCount: 10,
  sizeBytes: 10,
  processingDelayMs: 1_000,
  schedulingDelayMs: 0,
};

describe('rate estimation by plugin', () => {
  it('binds the controller of the model system, with its parameters', () => {
    const factory = factoryOf(pidRateEstimation({ minRate: 20 }));
    const estimator = factory.create({ batchIntervalMs: 1_000 });
    expect(factory.name).toBe('pid');
    expect(estimator.next(slow)).toBeUndefined();
    expect(estimator.next({ ...slow, processingEndMs: 3_000 })).toBe(20);
  });

  it('makes an estimator for each stream (RATE-1)', () => {
    const factory = factoryOf(pidRateEstimation());
    factory.create({ batchIntervalMs: 1_000 }).next(slow);
    expect(factory.create({ batchIntervalMs: 1_000 }).next(slow)).toBeUndefined();
  });

  it('keeps a fixed rate', () => {
    const factory = factoryOf(fixedRateEstimation({ recordsPerSecond: 50 }));
    expect(factory.create({ batchIntervalMs: 1_000 }).next(slow)).toBe(50);
  });

  it.each([
    ['an unknown option', () => pidRateEstimation({ speed: 1 } as object)],
    ['a negative parameter', () => pidRateEstimation({ integral: -1 })],
    ['a least rate of 0', () => pidRateEstimation({ minRate: 0 })],
    ['no rate at all', () => fixedRateEstimation({} as { recordsPerSecond: number })],
    ['a fixed rate of 0', () => fixedRateEstimation({ recordsPerSecond: 0 })],
  ])('refuses %s', (_, make) => {
    expect(() => assemblePorts([make()])).toThrow(
      expect.objectContaining({ code: 'MR_CONFIG_INVALID_OPTION' }),
    );
  });
});
