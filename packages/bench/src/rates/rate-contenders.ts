// The contenders of the simulated rate control: the model system's estimator used as in the model system, the same
// estimator in Millrace's controller, and Millrace's default.
import { NoopLogger, type RateEstimatorFactory } from '@millrace/core';
import { CapacityRateEstimatorFactory } from '@millrace/core/engine';
import { RateController, resolveBackPressureOptions } from '@millrace/engine/internals';
import { PidRateEstimator } from '@millrace/scheduling';
import type { SimulatedControl } from './simulated-job.ts';

/** A way to control rates. */
export interface RateContender {
  readonly name: string;
  readonly make: (batchIntervalMs: number, now: () => number) => SimulatedControl;
}

const pid: RateEstimatorFactory = {
  name: 'pid',
  create: ({ batchIntervalMs }) => new PidRateEstimator(batchIntervalMs),
};

/** No limit before the first estimate, and the estimate is the limit. */
function modelSystem(batchIntervalMs: number): SimulatedControl {
  const estimator = new PidRateEstimator(batchIntervalMs);
  let recordsPerSecond = Infinity;
  return {
    get recordsPerSecond() {
      return recordsPerSecond;
    },
    onEvent(event, { batch }) {
      if (event !== 'batch:completed') return;
      const {
        processingEndMs = 0,
        processingDelayMs = 0,
        schedulingDelayMs = 0,
        batchTime,
        recordCount,
      } = batch;
      const times = { batchTime, processingEndMs, processingDelayMs, schedulingDelayMs };
      recordsPerSecond = estimator.next({ ...times, recordCount, sizeBytes: 0 }) ?? recordsPerSecond;
    },
  };
}

function millrace(estimators: RateEstimatorFactory): RateContender['make'] {
  return (batchIntervalMs, now) => {
    let recordsPerSecond = Infinity;
    const options = resolveBackPressureOptions();
    if (options === undefined) throw new TypeError('back-pressure is on by default');
    const controller = new RateController({
      clock: { monotonicMs: now },
      log: new NoopLogger(),
      publish: () => undefined,
      estimators,
      streamIds: [0],
      batchIntervalMs,
      options,
      maxRate: 0,
      maxBytesPerSecond: 0,
      setLimit: (_, limit) => (recordsPerSecond = limit.recordsPerSecond),
    });
    controller.begin();
    return {
      get recordsPerSecond() {
        return recordsPerSecond;
      },
      onEvent: (event, value) => controller.onEvent(event, value),
    };
  };
}

/** All contenders. */
export const RATE_CONTENDERS: readonly RateContender[] = [
  { name: 'model system', make: modelSystem },
  { name: 'PID in Millrace', make: millrace(pid) },
  { name: 'Millrace', make: millrace(new CapacityRateEstimatorFactory()) },
];
