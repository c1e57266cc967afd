// The estimators as plugins. Each plugin binds the engine's `RateEstimatorFactory` again, so an engine accepts at most
// one of these plugins.
import {
  pluginModule,
  definePlugin,
  RateEstimatorFactory,
  type OptionsSchema,
  type RateEstimator,
} from '@millrace/core';
import { isOptions } from '@millrace/core/engine';
import manifest from '@millrace/scheduling/package.json' with { type: 'json' };
import { PidRateEstimator, type PidParameters } from './pid-rate-estimator.ts';

/** Options of `fixedRateEstimation`. */
export interface FixedRateOptions {
  /** The number of records that every receiver may store per second, from its first batch on. Above 0. */
  readonly recordsPerSecond: number;
}

const LEAST: Readonly<Record<keyof PidParameters, { readonly value: number; readonly isFine: boolean }>> = {
  proportional: { value: 0, isFine: true },
  integral: { value: 0, isFine: true },
  derivative: { value: 0, isFine: true },
  minRate: { value: 0, isFine: false },
};

const pidOptions = numbersSchema<Partial<PidParameters>>((name) =>
  Object.hasOwn(LEAST, name) ? LEAST[name as keyof PidParameters] : undefined,
);

const fixedOptions = numbersSchema<FixedRateOptions>(
  (name) => (name === 'recordsPerSecond' ? { value: 0, isFine: false } : undefined),
  ['recordsPerSecond'],
);

/** The model system's controller, with its parameters: `proportional` 1, `integral` 0.2, `derivative` 0, `minRate` 100. */
export const pidRateEstimation = definePlugin({
  name: '@millrace/scheduling/pid-rate',
  version: manifest.version,
  contract: 1,
  provides: [RateEstimatorFactory],
  optionsSchema: pidOptions,
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
  optionsSchema: fixedOptions,
  module: ({ recordsPerSecond }) =>
    pluginModule((bind) => {
      const estimator: RateEstimator = { next: () => recordsPerSecond };
      bind(RateEstimatorFactory).toResolvedValue(() => ({ name: 'fixed', create: () => estimator }));
    }),
});

/** Checked by hand: a few numbers do not justify a schema library. */
function numbersSchema<Options extends object>(
  leastOf: (name: string) => { readonly value: number; readonly isFine: boolean } | undefined,
  required: readonly string[] = [],
): OptionsSchema<Options, Options> {
  const issueOf = (name: string, value: unknown): string | undefined => {
    const least = leastOf(name);
    if (least === undefined) return 'there is no such option';
    if (value === undefined && !required.includes(name)) return undefined;
    const isNumber = typeof value === 'number' && Number.isFinite(value);
    if (isNumber && (value > least.value || (least.isFine && value === least.value))) return undefined;
    return `expected a number ${least.isFine ? 'of at least' : 'above'} ${least.value}`;
  };
  return {
    '~standard': {
      version: 1,
      vendor: 'millrace',
      validate: (value) => {
        if (!isOptions(value)) return { issues: [{ message: 'expected an object of options' }] };
        const given = value;
        const issues = [...new Set([...required, ...Object.keys(given)])].flatMap((name) => {
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
