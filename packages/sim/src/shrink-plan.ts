// Shrinks a failing plan: removes one thing, runs the plan again, and keeps the smaller plan when the same promise
// breaks. The remaining parts of the final plan are the relevant ones.
import type { DiskFaults, EventTimePlan, Plan, SettingsPlan, StreamPlan } from './plan.ts';
import { smallerPrograms } from './program/shrink-program.ts';

/** The promises broken by a run of a plan; empty: none. */
export type Trial<P = Plan> = (plan: P) => Promise<readonly string[]>;

/** Options of the shrinker. */
export interface ShrinkOptions<P> {
  /** The largest number of plans that are tried. Default 200. */
  readonly triesMax?: number;
  /** Called with every smaller plan. */
  readonly onSmaller?: (plan: P) => void;
}

/** The smallest plan found that breaks the promise. Bounded; see `ShrinkOptions.triesMax`. */
export function shrinkPlan(
  plan: Plan,
  promise: string,
  trial: Trial,
  options: ShrinkOptions<Plan> = {},
): Promise<Plan> {
  return shrinkWith(smallerPlans, { plan, promise, trial }, options);
}

/** Shrinks a plan of any kind of world, by the plans that are smaller by one thing. */
export async function shrinkWith<P>(
  smaller: (plan: P) => Iterable<P>,
  { plan, promise, trial }: { readonly plan: P; readonly promise: string; readonly trial: Trial<P> },
  { triesMax = 200, onSmaller }: ShrinkOptions<P> = {},
): Promise<P> {
  let smallest = plan;
  let tries = 0;
  for (let isSmaller = true; isSmaller;) {
    isSmaller = false;
    for (const candidate of smaller(smallest)) {
      if (tries >= triesMax) return smallest;
      tries += 1;
      if (!(await trial(candidate)).includes(promise)) continue;
      smallest = candidate;
      onSmaller?.(smallest);
      isSmaller = true;
      break;
    }
  }
  return smallest;
}

/** Every plan with one thing removed, the largest reductions first. */
export function* smallerPlans(plan: Plan): Generator<Plan> {
  for (const [index] of plan.endings.entries()) yield { ...plan, endings: plan.endings.toSpliced(index, 1) };
  for (const [index] of plan.graphs.entries()) yield { ...plan, graphs: plan.graphs.toSpliced(index, 1) };
  if (plan.eventTime !== undefined) yield without(plan, 'eventTime');
  yield* smallerVersions(plan);
  if (plan.program !== undefined) {
    if (plan.graphs.length > 0 || plan.eventTime !== undefined) yield without(plan, 'program');
    // Versions are changes of the drawn program, so with versions the program stays.
    if (plan.versions === undefined)
      for (const program of smallerPrograms(plan.program)) yield { ...plan, program };
  }
  yield* smallerLater(plan);
  if (plan.streams.length > 1) {
    for (const [index] of plan.streams.entries())
      yield { ...plan, streams: plan.streams.toSpliced(index, 1) };
  }
  for (const name of Object.keys(plan.disk))
    yield { ...plan, disk: without(plan.disk, name as keyof DiskFaults) };
  for (const name of Object.keys(plan.channels)) {
    yield { ...plan, channels: without(plan.channels, name as keyof Plan['channels']) };
  }
  if (plan.jobFailureRate > 0) yield { ...plan, jobFailureRate: 0 };
  for (const [index, stream] of plan.streams.entries()) {
    for (const simpler of simplerStreams(stream))
      yield { ...plan, streams: plan.streams.with(index, simpler) };
  }
  if (plan.eventTime !== undefined) {
    for (const simpler of simplerEventTimes(plan.eventTime)) yield { ...plan, eventTime: simpler };
  }
  if (plan.executors > 0) yield { ...plan, executors: plan.executors - 1 };
  if (plan.concurrentJobs > 1) yield { ...plan, concurrentJobs: 1 };
  if (plan.loadMs > 400) yield { ...plan, loadMs: Math.round(plan.loadMs / 2) };
  for (const [index, ending] of plan.endings.entries()) {
    if (ending.downMs > 0) yield { ...plan, endings: plan.endings.with(index, { ...ending, downMs: 0 }) };
  }
}

/** The parts that may be absent, and the parts that may be reduced. */
function* smallerLater(plan: Plan): Generator<Plan> {
  for (const name of [
    'outliveMs',
    'lull',
    'quietMs',
    'executorsByLife',
    'allocation',
    'settings',
    'recordErrors',
  ] as const) {
    if (plan[name] !== undefined) yield without(plan, name);
  }
  for (const name of Object.keys(plan.settings ?? {}))
    yield { ...plan, settings: without(plan.settings ?? {}, name as keyof SettingsPlan) };
  for (const name of ['damages', 'failing', 'lasting', 'evictions', 'clockSteps', 'sinks'] as const) {
    for (const [index] of plan[name]?.entries() ?? [])
      yield { ...plan, [name]: plan[name]?.toSpliced(index, 1) };
  }
}

function* smallerVersions(plan: Plan): Generator<Plan> {
  const { versions } = plan;
  if (versions === undefined) return;
  yield without(plan, 'versions');
  if (versions.length > 1)
    for (const index of versions.keys()) yield { ...plan, versions: versions.toSpliced(index, 1) };
}

function* simplerStreams(stream: StreamPlan): Generator<StreamPlan> {
  if (stream.restartRate > 0) yield { ...stream, restartRate: 0 };
  if (stream.failureRate > 0) yield { ...stream, failureRate: 0 };
  for (const name of ['mix', 'ack', 'inBursts', 'fillsBounds', 'storesOdd', 'callsLate'] as const)
    if (stream[name] !== undefined) yield without(stream, name);
  if (stream.source === 'unacknowledged') yield { ...stream, source: 'acknowledged' };
  if (stream.stores === 'blocks') yield { ...stream, stores: 'records' };
  if (stream.recordsPerSecond > 20) yield { ...stream, recordsPerSecond: 20 };
}

function* simplerEventTimes(plan: EventTimePlan): Generator<EventTimePlan> {
  const { outOfOrdernessMs, idleAfterMs, idleAdvanceMs = 0 } = plan.timestamps;
  if (plan.sources === 'each') yield { ...plan, sources: 'together' };
  if (plan.partitions > 1) yield { ...plan, partitions: 1 };
  if (plan.allowedLatenessMs > 0) yield { ...plan, allowedLatenessMs: 0 };
  if (idleAfterMs !== undefined) yield { ...plan, timestamps: { outOfOrdernessMs } };
  if (idleAfterMs !== undefined && idleAdvanceMs > 0)
    yield { ...plan, timestamps: { outOfOrdernessMs, idleAfterMs, idleAdvanceMs: 0 } };
}

function without<T extends object, K extends keyof T>(all: T, name: K): Omit<T, K> & T {
  const { [name]: _gone, ...rest } = all;
  return rest as Omit<T, K> & T;
}
