// Runs the plan of a cluster to its end and returns the result.
import { serializeError } from '@millrace/core/engine';
import type { RunResult } from '../run-plan.ts';
import type { Violation } from '../sim-world.ts';
import type { ClusterPlan } from './cluster-plan.ts';
import { ClusterWorld } from './cluster-world.ts';

/** Runs a plan. Never rejects because of the engine: an unexpected error of the engine is a finding. */
export async function runClusterPlan(plan: ClusterPlan, write?: (line: string) => void): Promise<RunResult> {
  const world = new ClusterWorld(plan, write);
  const begunMs = world.clock.nowMs;
  const unexpected: Violation[] = [];
  const onUnhandled = (reason: unknown): void => {
    const { stack, message } = serializeError(reason);
    unexpected.push({ promise: 'no surprise', what: stack ?? message, atMs: world.clock.nowMs - begunMs });
  };
  process.on('unhandledRejection', onUnhandled);
  try {
    await world.run();
  } catch (error) {
    onUnhandled(error);
  } finally {
    process.off('unhandledRejection', onUnhandled);
  }
  return {
    violations: [...world.violations, ...unexpected],
    coverage: world.counts.counts(),
    steps: world.clock.calls,
    virtualMs: world.clock.nowMs - begunMs,
    fingerprint: world.fingerprint(),
    lines: world.log.lines,
  };
}
