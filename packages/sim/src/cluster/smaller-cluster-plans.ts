// The plans with one thing less, for the shrinker.
import type { ClusterFault, ClusterPlan } from './cluster-plan.ts';

/** Every plan with one thing removed or halved, the largest reductions first. */
export function* smallerClusterPlans(plan: ClusterPlan): Generator<ClusterPlan> {
  const { faults, messages, streams, loadMs } = plan;
  for (const index of faults.keys()) yield { ...plan, faults: faults.toSpliced(index, 1) };
  for (const name of Object.keys(messages)) yield { ...plan, messages: { ...messages, [name]: undefined } };
  if (streams.length > 1)
    for (const index of streams.keys()) yield { ...plan, streams: streams.toSpliced(index, 1) };
  if (plan.servers === 3) yield { ...plan, servers: 1 };
  const { hosts, hostSlots = 1, ...others } = plan;
  const isOfDriver = (fault: ClusterFault): boolean => !('host' in fault);
  if (hosts !== undefined) yield { ...others, faults: faults.filter(isOfDriver) };
  if (hosts !== undefined && hosts.length > 1) yield { ...plan, hosts: hosts.slice(0, -1) };
  if (hostSlots > 1) yield { ...plan, hostSlots: 1 };
  if (plan.executors > 1) yield { ...plan, executors: 1 };
  if (plan.concurrentJobs > 1) yield { ...plan, concurrentJobs: 1 };
  if (plan.outputMs > 0) yield { ...plan, outputMs: 0 };
  if (plan.latencyMs > 1) yield { ...plan, latencyMs: 1 };
  const lastMs = Math.max(0, ...faults.map((fault) => fault.atMs + ('forMs' in fault ? fault.forMs : 0)));
  const shorterMs = Math.max(lastMs, Math.round(loadMs / 2));
  if (shorterMs < loadMs) yield { ...plan, loadMs: shorterMs };
  for (const [index, fault] of faults.entries())
    if ('forMs' in fault && fault.forMs > 200)
      yield { ...plan, faults: faults.with(index, { ...fault, forMs: Math.round(fault.forMs / 2) }) };
  for (const [index, stream] of streams.entries())
    if (stream.recordsPerSecond > 4)
      yield { ...plan, streams: streams.with(index, { ...stream, recordsPerSecond: 4 }) };
}
