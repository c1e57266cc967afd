// The kit of the `RateEstimator` port and its factory.
import assert from 'node:assert/strict';
import { type BatchMeasurement, type RateEstimatorFactory, SeededRandom } from '@millrace/core';
import type { ConformanceCheck } from '../kit/conformance-check.ts';
import type { ConformanceKit, ConformanceRun } from '../kit/conformance-kit.ts';
import { defineConformance, type TestFunctions } from '../kit/define-conformance.ts';

/** What the kit is given. */
export interface RateEstimatorSubject extends ConformanceRun {
  readonly create: () => RateEstimatorFactory;
}

const INTERVAL_MS = 1_000;
const BATCHES = 300;

const CHECKS: readonly ConformanceCheck<RateEstimatorFactory>[] = [
  {
    number: 'RATE-1.1',
    title: 'estimators of different streams share nothing',
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
    title: 'a stream that cannot keep up is slowed down, and one that can is not held for ever',
    look: 'units: records per second out of milliseconds',
    run: async (factory) => {
      const estimator = factory.create({ batchIntervalMs: INTERVAL_MS });
      const rates = overloaded().map((one) => estimator.next(one));
      const told = rates.filter((rate) => rate !== undefined);
      assert(told.length > 0, 'there was never an answer: a rate that never changes is not estimated');
      // 1,000 records take 5 s here, so 200 records per second is what this stream can do.
      const last = told.at(-1) ?? 0;
      assert(last < 1_000, `5 s of work a second, and the rate is still ${last} records per second`);
    },
  },
  {
    number: 'RATE-3.1',
    title: 'every answer is a finite number that is not negative',
    look: 'a division by a delay or a time of zero, and a batch that ended before the one before it',
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
    title: 'the same measurements give the same rates',
    look: 'a clock or chance besides the measurements',
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
    title: 'work that came as bytes, without records, is work',
    level: 'optional',
    look: 'a batch whose recordCount is 0 and whose sizeBytes is not',
    run: async (factory) => {
      const estimator = factory.create({ batchIntervalMs: INTERVAL_MS });
      const rates = overloaded().map((one) => estimator.next({ ...one, recordCount: 0 }));
      assert(
        rates.some((rate) => rate !== undefined),
        'a stream of encoded blocks keeps its first rate for ever',
      );
    },
  },
  {
    number: 'RATE-6.1',
    title: 'however slow a stream is, some records still come',
    level: 'optional',
    look: 'the floor of the rate: without records there is no measurement, and it could never rise again',
    run: async (factory) => {
      const estimator = factory.create({ batchIntervalMs: INTERVAL_MS });
      for (let batch = 0; batch < BATCHES; batch += 1) {
        const rate = estimator.next({
          ...measurementAt(batch),
          recordCount: 1,
          processingDelayMs: 60_000,
          schedulingDelayMs: 600_000,
        });
        assert(rate === undefined || rate > 0, `the rate is ${String(rate)}: nothing comes any more`);
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

/** Batches of 1,000 records a second that take 5 s each, further and further behind. */
function overloaded(): readonly BatchMeasurement[] {
  return Array.from({ length: 20 }, (_, batch) => ({
    ...measurementAt(batch),
    processingEndMs: (batch + 1) * 5_000,
    processingDelayMs: 5_000,
    schedulingDelayMs: batch * 4_000,
  }));
}

/** Everything that a measurement can be. */
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
