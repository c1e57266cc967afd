// The plan for another version of a program: like the first plan, but without faults, and for a few batches.
import type { Plan, VersionPlan } from '../plan.ts';

/** The number of batches with load. */
const BATCHES = 5;

/** The plan of a version. */
export function planOfVersion(plan: Plan, version: VersionPlan): Plan {
  const {
    damages: _damages,
    failing: _failing,
    lasting: _lasting,
    evictions: _evictions,
    outliveMs: _outliveMs,
    ...rest
  } = plan;
  const { program, batchIntervalMs = plan.batchIntervalMs, allowsDroppedState = false } = version;
  return {
    ...rest,
    batchIntervalMs,
    loadMs: BATCHES * batchIntervalMs,
    disk: {},
    channels: {},
    endings: [],
    jobFailureRate: 0,
    program,
    allowsDroppedState,
  };
}
