// The estimators as plugins. Each plugin binds the engine's `RateEstimatorFactory` again, so an engine accepts at most
// one of these plugins.
import { pluginModule, definePlugin, RateEstimatorFactory, type RateEstimator } from '@millrace/core';
import {
  numberAboveZero,
  numberFromZero,
  type OptionTable,
  required,
  schemaByTable,
} from '@millrace/core/engine';
import manifest from '@millrace/scheduling/package.json' with { type: 'json' };
import { PID_DEFAULTS, PidRateEstimator, type PidParameters } from './pid-rate-estimator.ts';

/** Options of `fixedRateEstimation`. */
export interface FixedRateOptions {
  /** The number of records that every receiver may store per second, from its first batch on. Above 0. */
  readonly recordsPerSecond: number;
}

/** The rules of the options of `pidRateEstimation`. */
export const PID_OPTION_RULES: OptionTable<PidParameters> = {
  proportional: numberFromZero(PID_DEFAULTS.proportional),
  integral: numberFromZero(PID_DEFAULTS.integral),
  derivative: numberFromZero(PID_DEFAULTS.derivative),
  minRate: numberAboveZero(PID_DEFAULTS.minRate),
};

/** The rules of the options of `fixedRateEstimation`. */
export const FIXED_OPTION_RULES: OptionTable<FixedRateOptions> = {
  recordsPerSecond: required(numberAboveZero()),
};

/** The model system's controller, with its parameters: `proportional` 1, `integral` 0.2, `derivative` 0, `minRate` 100. */
export const pidRateEstimation = definePlugin({
  name: '@millrace/scheduling/pid-rate',
  version: manifest.version,
  contract: 1,
  provides: [RateEstimatorFactory],
  optionsSchema: schemaByTable<Partial<PidParameters>, PidParameters>(PID_OPTION_RULES),
  module: (parameters) =>
    pluginModule((bind) => {
      bind(RateEstimatorFactory).toResolvedValue(() => ({
        name: 'pid',
        create: ({ batchIntervalMs }) => new PidRateEstimator(batchIntervalMs, parameters),
      }));
    }),
});

/** The same rate for batches of any duration: for tests, and for known sources that must not be slowed down. */
export const fixedRateEstimation = definePlugin({
  name: '@millrace/scheduling/fixed-rate',
  version: manifest.version,
  contract: 1,
  provides: [RateEstimatorFactory],
  optionsSchema: schemaByTable<FixedRateOptions, FixedRateOptions>(FIXED_OPTION_RULES),
  module: ({ recordsPerSecond }) =>
    pluginModule((bind) => {
      const estimator: RateEstimator = { next: () => recordsPerSecond };
      bind(RateEstimatorFactory).toResolvedValue(() => ({ name: 'fixed', create: () => estimator }));
    }),
});
