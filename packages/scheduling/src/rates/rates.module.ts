// The estimators as plugins. Each plugin binds the engine's `RateEstimatorFactory` again, so an engine accepts at most
// one of these plugins.
import {
  pluginModule,
  definePlugin,
  RateEstimatorFactory,
  type OptionsSchema,
  type RateEstimator,
} from '@millrace/core';
import {
  isOptions,
  numberAboveZero,
  numberFromZero,
  type OptionRule,
  type OptionTable,
  required,
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
  optionsSchema: schemaOf<Partial<PidParameters>>(PID_OPTION_RULES),
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
  optionsSchema: schemaOf<FixedRateOptions>(FIXED_OPTION_RULES),
  module: ({ recordsPerSecond }) =>
    pluginModule((bind) => {
      const estimator: RateEstimator = { next: () => recordsPerSecond };
      bind(RateEstimatorFactory).toResolvedValue(() => ({ name: 'fixed', create: () => estimator }));
    }),
});

/** A schema by rules: a few numbers do not justify a schema library. */
function schemaOf<Options extends object>(
  rules: Readonly<Record<string, OptionRule<number>>>,
): OptionsSchema<Options, Options> {
  const issueOf = (name: string, value: unknown): string | undefined => {
    if (!Object.hasOwn(rules, name)) return 'there is no such option';
    const { accepts, expected, isRequired = false } = rules[name] as OptionRule<number>;
    return (value === undefined && !isRequired) || accepts(value) ? undefined : `expected ${expected}`;
  };
  const needed = Object.keys(rules).filter((name) => rules[name]?.isRequired === true);
  return {
    '~standard': {
      version: 1,
      vendor: 'millrace',
      validate: (value) => {
        if (!isOptions(value)) return { issues: [{ message: 'expected an object of options' }] };
        const given = value;
        const issues = [...new Set([...needed, ...Object.keys(given)])].flatMap((name) => {
          const message = issueOf(name, given[name]);
          return message === undefined ? [] : [{ message, path: [name] }];
        });
        return issues.length > 0 ? { issues } : { value: withoutAbsent(given) as Options };
      },
    },
  };
}

function withoutAbsent(given: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}
