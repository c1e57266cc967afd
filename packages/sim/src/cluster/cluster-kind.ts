// Worlds of several machines, for the command line.
import { shrinkWith } from '../shrink-plan.ts';
import type { WorldKind } from '../world-kind.ts';
import type { ClusterPlan } from './cluster-plan.ts';
import { type ClusterDrawOptions, drawClusterPlan } from './draw-cluster-plan.ts';
import { runClusterPlan } from './run-cluster-plan.ts';
import { smallerClusterPlans } from './smaller-cluster-plans.ts';

/** See the header of this file. The command line has checked the names of faults. */
export const CLUSTER_WORLD: WorldKind<ClusterPlan> = {
  draw: (seed, options) => drawClusterPlan(seed, options as ClusterDrawOptions),
  run: runClusterPlan,
  describe: describeClusterPlan,
  shrink: (plan, promise, trial, options) =>
    shrinkWith(smallerClusterPlans, { plan, promise, trial }, options),
};

/** The plan as text: the settings in one line each, and the faults in the order of their times. */
function describeClusterPlan({ seed, streams, faults, messages, ...settings }: ClusterPlan): string {
  return [
    `seed ${seed}, several machines`,
    ...Object.entries(settings).map(([name, value]) => `  ${name}: ${JSON.stringify(value)}`),
    ...streams.map((stream) => `  stream: ${JSON.stringify(stream)}`),
    `  messages: ${JSON.stringify(messages)}`,
    ...faults.map((fault) => `  fault: ${JSON.stringify(fault)}`),
  ].join('\n');
}
