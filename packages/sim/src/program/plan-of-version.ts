// The plan under which another version of a program runs: as the first one, without faults, and for some batches.
import type { Plan, VersionPlan } from '../plan.ts';

/** For so many batches there is load. */
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
