// The public names of @millrace/scheduling.
export { LoadBalancedSchedulingPolicy } from '@millrace/core/engine';
export { LocalitySchedulingPolicy } from './locality-scheduling-policy.ts';
export { RoundRobinSchedulingPolicy } from './round-robin-scheduling-policy.ts';
export { loadBalancedScheduling, localityScheduling, roundRobinScheduling } from './scheduling.module.ts';
export { PidRateEstimator } from './rates/pid-rate-estimator.ts';
export type { PidParameters } from './rates/pid-rate-estimator.ts';
export { fixedRateEstimation, pidRateEstimation } from './rates/rates.module.ts';
export type { FixedRateOptions } from './rates/rates.module.ts';
