// The estimator of the model system: a controller with a proportional, an integral and a derivative part, in the
// model's exact arithmetic, including its weaknesses (see ADR 0012). The estimator serves for comparison, and for
// programs whose settings are known to suit the controller.
import type { BatchMeasurement, RateEstimator } from '@millrace/core';
import {
  describeValue,
  numberAboveZero,
  numberFromZero,
  optionError,
  resolveOptions,
  type OptionTable,
} from '@millrace/core/engine';

/** The parameters of the controller. */
export interface PidParameters {
  /** Weight of the difference between the last rate and the processing rate. Default 1; at least 0. */
  readonly proportional: number;
  /** Weight of the backlog. Default 0.2; at least 0. */
  readonly integral: number;
  /** Weight of the change of the difference. Default 0; at least 0. */
  readonly derivative: number;
  /** The least rate, in records per second. Default 100; above 0. */
  readonly minRate: number;
}

/** The defaults of the model system, for parameters without a value. */
export const PID_DEFAULTS: PidParameters = Object.freeze({
  proportional: 1,
  integral: 0.2,
  derivative: 0,
  minRate: 100,
});

const OWNER = 'PidRateEstimator';

const RULES: OptionTable<PidParameters> = {
  proportional: numberFromZero(PID_DEFAULTS.proportional),
  integral: numberFromZero(PID_DEFAULTS.integral),
  derivative: numberFromZero(PID_DEFAULTS.derivative),
  minRate: numberAboveZero(PID_DEFAULTS.minRate),
};

/** Estimates the rate of one stream. */
export class PidRateEstimator implements RateEstimator {
  readonly #batchIntervalMs: number;
  readonly #parameters: PidParameters;
  #latestTimeMs = -1;
  #latestRate = -1;
  #latestError = -1;
  #isFirst = true;

  /** @throws `MR_CONFIG_INVALID_OPTION` naming the parameter. */
  constructor(batchIntervalMs: number, parameters: Partial<PidParameters> = {}) {
    this.#batchIntervalMs = batchIntervalMs;
    if (!(batchIntervalMs > 0 && Number.isFinite(batchIntervalMs))) {
      const got = describeValue(batchIntervalMs);
      throw optionError(OWNER, [{ path: 'batchIntervalMs', expected: 'expected a number above 0', got }]);
    }
    this.#parameters = resolveOptions({ owner: OWNER, table: RULES, given: parameters });
  }

  /**
   * The first relevant batch only sets the initial state. A batch without records or without duration is not relevant.
   */
  next(measurement: BatchMeasurement): number | undefined {
    const { processingEndMs, recordCount, processingDelayMs, schedulingDelayMs } = measurement;
    if (processingEndMs <= this.#latestTimeMs || recordCount <= 0 || processingDelayMs <= 0) return undefined;
    const elapsedSeconds = (processingEndMs - this.#latestTimeMs) / 1_000;
    const processingRate = (recordCount / processingDelayMs) * 1_000;
    const error = this.#latestRate - processingRate;
    const historicalError = (schedulingDelayMs * processingRate) / this.#batchIntervalMs;
    const errorChange = (error - this.#latestError) / elapsedSeconds;
    const { proportional, integral, derivative, minRate } = this.#parameters;
    const correction = proportional * error + integral * historicalError + derivative * errorChange;
    const rate = Math.max(this.#latestRate - correction, minRate);
    const isFirst = this.#isFirst;
    this.#isFirst = false;
    this.#latestTimeMs = processingEndMs;
    this.#latestRate = isFirst ? processingRate : rate;
    this.#latestError = isFirst ? 0 : error;
    return isFirst ? undefined : rate;
  }
}
