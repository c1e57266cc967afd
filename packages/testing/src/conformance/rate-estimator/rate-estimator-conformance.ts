// The kit of the `RateEstimator` port and of its factory.
import assert from 'node:assert/strict';
import { type BatchMeasurement, type RateEstimatorFactory, SeededRandom } from '@millrace/core';
import type { ConformanceCheck } from '../kit/conformance-check.ts';
import type { ConformanceKit, ConformanceRun } from '../kit/conformance-kit.ts';
import { defineConformance, type TestFunctions } from '../kit/define-conformance.ts';

/** The subject of the kit. */
export interface RateEstimatorSubject extends ConformanceRun {
  readonly create: () => RateEstimatorFactory;
}

const INTERVAL_MS = 1_000;
const BATCHES = 300;

const CHECKS: readonly ConformanceCheck<RateEstimatorFactory>[] = [
  {
    number: 'RATE-1.1',
    title: 'estimators of different streams share no state',
    look: 'state in the factory, or in the module',
    run: async (factory) => {
      const alone = factory.create({ batchIntervalMs: INTERVAL_MS });
      const beside = factory.create({ batchIntervalMs: INTERVAL_MS });
      const slow = factory.create({ batchIntervalMs: INTERVAL_MS });
      const expected = steady(1_000, 100).map((one) => alone.next(one));
      const found = steady(1_000, 100).map((one) => {
        slow.next({ ...one, recordCount: 10, processingDelayMs: 30_000, schedulingDelayMs: 60_000 });
        return beside.next(one);
      });
      assert.deepEqual(found, expected, 'a slow stream changed the rate of another');
    },
  },
  {
    number: 'RATE-2.1',
    title: 'an overloaded stream is slowed down, and a stream with spare capacity is not held back forever',
    look: 'units: records per second computed from milliseconds',
    run: async (factory) => {
      const estimator = factory.create({ batchIntervalMs: INTERVAL_MS });
      const rates = overloaded().map((one) => estimator.next(one));
      const told = rates.filter((rate) => rate !== undefined);
      assert(told.length > 0, 'no estimate was made: a rate that never changes is not estimated');
      // 1,000 records take 5 s here, so the capacity of this stream is 200 records per second.
      const last = told.at(-1) ?? 0;
      assert(
        last < 1_000,
        `the work of a second takes 5 s, and the rate is still ${last} records per second`,
      );
    },
  },
  {
    number: 'RATE-3.1',
    title: 'every estimate is a finite, non-negative number',
    look: 'a division by a delay or time of zero, and a batch that ended before its predecessor',
    run: async (factory) => {
      for (const initial of [{}, { initialRate: 0 }, { initialRate: 500 }]) {
        const estimator = factory.create({ batchIntervalMs: INTERVAL_MS, ...initial });
        for (const measurement of awkward(new SeededRandom(5))) {
          const rate = estimator.next(measurement);
          const isRight = rate === undefined || (Number.isFinite(rate) && rate >= 0);
          assert(isRight, `the rate is ${String(rate)} after ${JSON.stringify(measurement)}`);
        }
      }
    },
  },
  {
    number: 'RATE-4.1',
    title: 'equal measurements give equal rates',
    look: 'a clock or randomness in addition to the measurements',
    run: async (factory) => {
      const rates = () => {
        const estimator = factory.create({ batchIntervalMs: INTERVAL_MS });
        return [...awkward(new SeededRandom(9))].map((one) => estimator.next(one));
      };
      const first = rates();
      for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setTimeout(resolve, 2));
      assert.deepEqual(rates(), first);
    },
  },
  {
    number: 'RATE-5.1',
    title: 'work received as bytes, without a record count, counts as work',
    level: 'optional',
    look: 'a batch whose recordCount is 0 and whose sizeBytes is not',
    run: async (factory) => {
      const estimator = factory.create({ batchIntervalMs: INTERVAL_MS });
      const rates = overloaded().map((one) => estimator.next({ ...one, recordCount: 0 }));
      assert(
        rates.some((rate) => rate !== undefined),
        'a stream of encoded blocks keeps the first rate forever',
      );
    },
  },
  {
    number: 'RATE-6.1',
    title: 'records still arrive, however slow the stream is',
    level: 'optional',
    look: 'the floor of the rate: without records there is no measurement, so the rate could never rise again',
    run: async (factory) => {
      const estimator = factory.create({ batchIntervalMs: INTERVAL_MS });
      for (let batch = 0; batch < BATCHES; batch += 1) {
        const rate = estimator.next({
          ...measurementAt(batch),
          recordCount: 1,
          processingDelayMs: 60_000,
          schedulingDelayMs: 600_000,
        });
        assert(rate === undefined || rate > 0, `the rate is ${String(rate)}: no records arrive any more`);
      }
    },
  },
];

/** The checks of `docs/spec/rate-estimator.md`. */
export const RATE_ESTIMATOR_KIT: ConformanceKit<RateEstimatorSubject, RateEstimatorFactory> = {
  port: 'RateEstimator',
  version: 1,
  spec: 'docs/spec/rate-estimator.md',
  checks: CHECKS,
  notCheckable: [
    { rule: 'RATE-7', why: 'binds the caller' },
    { rule: 'RATE-8', why: 'binds the caller' },
    { rule: 'RATE-9', why: 'binds the caller' },
    { rule: 'RATE-10', why: 'binds the caller' },
    { rule: 'RATE-11', why: 'binds the caller' },
  ],
  withTrial: (subject, use) => use(subject.create()),
};

/** Defines the conformance tests of a rate estimator. */
export function rateEstimatorConformance(test: TestFunctions, subject: RateEstimatorSubject): void {
  defineConformance(test, RATE_ESTIMATOR_KIT, subject);
}

function measurementAt(batch: number): BatchMeasurement {
  const batchTime = (batch + 1) * INTERVAL_MS;
  return {
    batchTime,
    processingEndMs: batchTime + 100,
    recordCount: 1_000,
    sizeBytes: 100_000,
    processingDelayMs: 100,
    schedulingDelayMs: 0,
  };
}

function steady(recordCount: number, processingDelayMs: number): readonly BatchMeasurement[] {
  return Array.from({ length: 20 }, (_, batch) => ({
    ...measurementAt(batch),
    recordCount,
    processingDelayMs,
  }));
}

/** Batches of 1,000 records a second that take 5 s each, with growing delay. */
function overloaded(): readonly BatchMeasurement[] {
  return Array.from({ length: 20 }, (_, batch) => ({
    ...measurementAt(batch),
    processingEndMs: (batch + 1) * 5_000,
    processingDelayMs: 5_000,
    schedulingDelayMs: batch * 4_000,
  }));
}

/** All extreme values of a measurement. */
function* awkward(random: SeededRandom): Generator<BatchMeasurement> {
  const amounts = [0, 1, 1_000, 1e9];
  const draw = (): number => amounts[random.integer(amounts.length)] ?? 0;
  for (let batch = 0; batch < BATCHES; batch += 1) {
    const measurement = measurementAt(batch);
    yield {
      ...measurement,
      processingEndMs: measurement.processingEndMs + random.integer(3_000) - 1_500,
      recordCount: draw(),
      sizeBytes: draw(),
      processingDelayMs: draw() / 10,
      schedulingDelayMs: draw() / 10,
    };
  }
}
