import { type Plugin, RateEstimatorFactory } from '@millrace/core';
import { assemblePorts } from '@millrace/core/engine';
import { rateEstimatorConformance } from '@millrace/testing/conformance';
import { describe, it } from 'vitest';
import { fixedRateEstimation, pidRateEstimation } from '../src/index.ts';

const test = { describe, it };
const module = import.meta.url;
const factoryOf = (plugin: Plugin) => assemblePorts([plugin]).ports.get(RateEstimatorFactory);

rateEstimatorConformance(test, {
  name: 'pidRateEstimation',
  module,
  leftOut: { 'RATE-5.1': 'it counts records only, as the model system does' },
  create: () => factoryOf(pidRateEstimation()),
});

rateEstimatorConformance(test, {
  name: 'fixedRateEstimation',
  module,
  create: () => factoryOf(fixedRateEstimation({ recordsPerSecond: 100 })),
});
