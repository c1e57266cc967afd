import { schedulingPolicyConformance } from '@millrace/testing/conformance';
import { describe, it } from 'vitest';
import { LocalitySchedulingPolicy, RoundRobinSchedulingPolicy } from '../src/index.ts';

const test = { describe, it };
const module = import.meta.url;

schedulingPolicyConformance(test, {
  name: 'RoundRobinSchedulingPolicy',
  module,
  capabilities: { honoursWishes: false },
  create: () => ({ policy: new RoundRobinSchedulingPolicy() }),
});

schedulingPolicyConformance(test, {
  name: 'LocalitySchedulingPolicy',
  module,
  capabilities: { honoursWishes: true },
  create: () => ({ policy: new LocalitySchedulingPolicy() }),
});
