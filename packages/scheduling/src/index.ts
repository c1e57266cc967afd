// The public names of @millrace/scheduling.
export { LoadBalancedSchedulingPolicy } from '@millrace/core';
export { LocalitySchedulingPolicy } from './locality-scheduling-policy.ts';
export { RoundRobinSchedulingPolicy } from './round-robin-scheduling-policy.ts';
export { loadBalancedScheduling, localityScheduling, roundRobinScheduling } from './scheduling.module.ts';
