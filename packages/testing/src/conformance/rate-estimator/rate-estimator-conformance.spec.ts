import type { BatchMeasurement, RateEstimatorFactory } from '@millrace/core';
import { describe, expect, it } from 'vitest';
import { numbersOf, outcomeOf, problemsOf } from '../../../test/assert-kit.ts';
import { RATE_ESTIMATOR_KIT } from './rate-estimator-conformance.ts';

type Next = (measurement: BatchMeasurement, latest: BatchMeasurement | undefined) => number | undefined;

/** The records processed per second of work, with a floor of a few records. */
const right: Next = ({ recordCount, sizeBytes, processingDelayMs }) =>
  processingDelayMs <= 0 ? undefined : Math.max(10, ((recordCount || sizeBytes) / processingDelayMs) * 1_000);

const alone = (next: Next): RateEstimatorFactory => ({
  name: 'test',
  create: () => {
    let latest: BatchMeasurement | undefined;
    return {
      next: (measurement) => {
        const rate = next(measurement, latest);
        latest = measurement;
        return rate;
      },
    };
  },
});

const BUGS: Readonly<Record<string, readonly [is: string, () => RateEstimatorFactory]>> = {
  'RATE-1.1': [
    'shares state',
    () => {
      let worst = 0;
      const next: Next = (one, latest) => {
        worst = Math.max(worst, one.schedulingDelayMs);
        return (right(one, latest) ?? 0) / (1 + worst);
      };
      return alone(next);
    },
  ],
  'RATE-2.1': ['counts milliseconds as seconds', () => alone(({ recordCount }) => recordCount * 1_000)],
  'RATE-3.1': [
    'divides by nothing',
    () => alone(({ recordCount, processingDelayMs: ms }) => recordCount / ms),
  ],
  'RATE-4.1': ['uses randomness', () => alone((one, latest) => (right(one, latest) ?? 1) * Math.random())],
  'RATE-5.1': [
    'ignores bytes without a record count',
    () => alone((one, latest) => (one.recordCount === 0 ? undefined : right(one, latest))),
  ],
  'RATE-6.1': ['goes down to nothing', () => alone(({ schedulingDelayMs: ms }) => (ms > 1_000 ? 0 : 100))],
};

describe('the kit of rate estimators', () => {
  it('passes a correct estimator', async () => {
    expect(await problemsOf(RATE_ESTIMATOR_KIT, { create: () => alone(right) })).toEqual([]);
  });

  it('has a broken estimator for every check', () => {
    expect(Object.keys(BUGS).toSorted()).toEqual(numbersOf(RATE_ESTIMATOR_KIT));
  });

  it.each(Object.entries(BUGS).map(([number, [is, create]]) => [number, is, create] as const))(
    '%s fails an estimator that %s',
    async (number, _, create) => {
      expect(await outcomeOf(RATE_ESTIMATOR_KIT, number, { create })).toBe(`failed ${number}`);
    },
  );
});
