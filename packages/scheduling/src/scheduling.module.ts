// The policies as plugins. Each plugin binds the engine's `SchedulingPolicy` again, so an engine accepts at most one of
// these plugins.
import { pluginModule, definePlugin, noOptions, SchedulingPolicy, type PluginFactory } from '@millrace/core';
import { LoadBalancedSchedulingPolicy } from '@millrace/core/engine';
import manifest from '@millrace/scheduling/package.json' with { type: 'json' };
import { LocalitySchedulingPolicy } from './locality-scheduling-policy.ts';
import { RoundRobinSchedulingPolicy } from './round-robin-scheduling-policy.ts';

/** Receivers in turn over the executors. No options. */
export const roundRobinScheduling = policyPlugin('round-robin', () => new RoundRobinSchedulingPolicy());

/** Receivers on their preferred host or executor, other receivers on the least loaded executor. No options. */
export const localityScheduling = policyPlugin('locality', () => new LocalitySchedulingPolicy());

/** The engine's default policy, by name: for programs that select a policy by configuration. No options. */
export const loadBalancedScheduling = policyPlugin('load-balanced', () => new LoadBalancedSchedulingPolicy());

function policyPlugin(name: string, create: () => SchedulingPolicy): PluginFactory<Record<string, never>> {
  return definePlugin({
    name: `@millrace/scheduling/${name}`,
    version: manifest.version,
    contract: 1,
    provides: [SchedulingPolicy],
    optionsSchema: noOptions,
    module: () =>
      pluginModule((bind) => {
        bind(SchedulingPolicy).toResolvedValue(create);
      }),
  });
}
