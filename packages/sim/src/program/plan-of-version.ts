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
    lull: _lull,
    ...rest
  } = plan;
  const { program, batchIntervalMs = plan.batchIntervalMs, allowsDroppedState = false } = version;
  const { silentBatches = 0 } = version;
  return {
    ...rest,
    batchIntervalMs,
    loadMs: (silentBatches + BATCHES) * batchIntervalMs,
    ...(silentBatches === 0 ? {} : { lull: { fromMs: 0, forMs: silentBatches * batchIntervalMs } }),
    disk: {},
    channels: {},
    endings: [],
    jobFailureRate: 0,
    program,
    allowsDroppedState,
  };
}
