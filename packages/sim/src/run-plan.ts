// Runs one plan to its end and returns the result: the basic function of the simulation.
import { serializeError } from '@millrace/core/engine';
import { Coverage, type CoverageCounts } from './coverage.ts';
import type { Plan } from './plan.ts';
import { planOfVersion } from './program/plan-of-version.ts';
import { takeStates } from './reached-states.ts';
import { SimWorld, type Violation } from './sim-world.ts';

/** The result of a run. */
export interface RunResult {
  readonly violations: readonly Violation[];
  readonly coverage: CoverageCounts;
  readonly steps: number;
  /** Virtual time that passed, in ms. */
  readonly virtualMs: number;
  /** Equal runs have equal fingerprints. */
  readonly fingerprint: string;
  /** The last lines of the log. */
  readonly lines: readonly string[];
}

/** Runs a plan. Never rejects because of the engine: an unexpected error of the engine is a finding. */
export async function runPlan(plan: Plan, write?: (line: string) => void): Promise<RunResult> {
  const coverage = new Coverage();
  takeStates(() => undefined);
  let world = new SimWorld(plan, { coverage, ...(write === undefined ? {} : { write }) });
  const begunMs = world.clock.nowMs;
  const unexpected: Violation[] = [];
  const onUnhandled = (reason: unknown) => {
    const { stack, message } = serializeError(reason);
    const what = stack ?? message;
    unexpected.push({ promise: 'no surprise', what, atMs: world.clock.nowMs - begunMs });
  };
  process.on('unhandledRejection', onUnhandled);
  try {
    await world.run();
    for (const version of plan.versions ?? []) {
      if (world.violations.length > 0) break;
      world = new SimWorld(planOfVersion(plan, version), { after: world });
      if (version.refusedWith === undefined) await world.run();
      else await world.runRefused(version.refusedWith);
    }
  } catch (error) {
    onUnhandled(error);
  } finally {
    world.close();
    process.off('unhandledRejection', onUnhandled);
  }
  coverage.noteStates();
  return {
    violations: [...world.violations, ...unexpected],
    coverage: coverage.counts(),
    steps: world.steps,
    virtualMs: world.clock.nowMs - begunMs,
    fingerprint: world.fingerprint(),
    lines: world.log.lines,
  };
}
