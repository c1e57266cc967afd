// The estimator of the model system: a controller with a proportional, an integral and a derivative part, in its exact
// arithmetic, also where that is wanting (see ADR 0012). It is here to be compared with, and for programs whose
// settings are known to suit it.
import { coreError, type BatchMeasurement, type RateEstimator } from '@millrace/core';

/** The parameters of the controller. */
export interface PidParameters {
  /** Weight of the difference between the last rate and what was processed per second. Default 1; at least 0. */
  readonly proportional: number;
  /** Weight of the backlog. Default 0.2; at least 0. */
  readonly integral: number;
  /** Weight of the change of the difference. Default 0; at least 0. */
  readonly derivative: number;
  /** The least rate, in records per second. Default 100; above 0. */
  readonly minRate: number;
}

/** What applies where nothing is said: the defaults of the model system. */
export const PID_DEFAULTS: PidParameters = Object.freeze({
  proportional: 1,
  integral: 0.2,
  derivative: 0,
  minRate: 100,
});

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
    this.#parameters = { ...PID_DEFAULTS, ...parameters };
    const { proportional, integral, derivative, minRate } = this.#parameters;
    check('batchIntervalMs', batchIntervalMs, batchIntervalMs > 0, 'above 0');
    check('proportional', proportional, proportional >= 0, 'at least 0');
    check('integral', integral, integral >= 0, 'at least 0');
    check('derivative', derivative, derivative >= 0, 'at least 0');
    check('minRate', minRate, minRate > 0, 'above 0');
  }

  /** The first batch that counts only sets the scene. A batch without records or without duration does not count. */
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

function check(name: string, value: number, isFine: boolean, expected: string): void {
  if (isFine && Number.isFinite(value)) return;
  const message = `${name}: expected a number ${expected}, got ${String(value)}`;
  throw coreError('MR_CONFIG_INVALID_OPTION', message, { details: { option: name, value, expected } });
}
