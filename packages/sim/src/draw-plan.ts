// Draws a plan from a seed: topology, graph, load, and enabled faults. Each part has a separate random source, so that
// a request for certain faults changes nothing else about the run.
import { Draw } from './draw.ts';
import { drawEventTime } from './draw-event-time.ts';
import type { ChannelFaults, DiskFaults, Ending, FaultKind, GraphKind, Plan, StreamPlan } from './plan.ts';
import { drawAllocation } from './draw-allocation.ts';
import { drawLater } from './draw-later.ts';
import { drawUnacknowledged } from './draw-unacknowledged.ts';
import { drawFull, drawMissed, withoutSkips } from './draw-exact-bounds.ts';
import { drawReactions } from './draw-reactions.ts';
import { EARLY_FAULT_KINDS } from './plan.ts';
import type { OperatorName } from './program/operator-names.ts';
import { drawKnownSinks } from './draw-known-sinks.ts';
import type { SinkTarget } from './program/program-plan.ts';
import { withProgram } from './program/with-program.ts';

/** Decisions of the caller that override the seed. */
export interface DrawOptions {
  /** The enabled faults, instead of drawn ones. */
  readonly faults?: readonly FaultKind[] | undefined;
  readonly brokenOnPurpose?: boolean | undefined;
  readonly forced?: ForcedPlan | undefined;
}

/** Parts of every plan, independent of the seed. */
export type ForcedPlan = Partial<Omit<Plan, 'seed' | 'streams' | 'program' | 'versions'>> &
  Pick<StreamPlan, 'mix'> & {
    /** Parts of every stream. */
    readonly stream?: Partial<StreamPlan>;
    /** The operators of every program, from the bottom up. */
    readonly operators?: readonly OperatorName[];
    /** The default parallelism of the lives of every drawn program. */
    readonly parallelism?: readonly number[];
    /** The sink of every program. */
    readonly sink?: SinkTarget['kind'];
  };

const STATEFUL: ReadonlySet<GraphKind> = new Set([
  'state',
  'mapped-state',
  'inverse-window',
  'removed-state',
  'state-window',
  'timed-state',
]);

/** The plan of a seed. Equal seeds and options give equal plans. */
export function drawPlan(seed: string, options: DrawOptions = {}): Plan {
  const draw = new Draw(`${seed}/plan`);
  const faults = new Set<FaultKind>(options.faults ?? EARLY_FAULT_KINDS.filter(() => draw.happens(0.4)));
  const survives = [...DEATHS].some((kind) => faults.has(kind));
  const drawnExecutors = draw.happens(0.5) ? 0 : 1 + draw.upTo(2);
  const executors = options.forced?.executors ?? drawnExecutors;
  const drawnDurability = faults.has('power-loss')
    ? 'machine'
    : draw.of(
        survives ? (['process', 'machine', 'machine'] as const) : (['memory', 'process', 'machine'] as const),
      );
  const drawnCheckpoints = drawnDurability !== 'memory' && draw.happens(0.8);
  const { durability = drawnDurability } = options.forced ?? {};
  const { checkpoints = drawnCheckpoints && durability !== 'memory' } = options.forced ?? {};
  const mayHaveState = checkpoints || durability === 'memory';
  const early: Plan = {
    seed,
    executors,
    policy: draw.of(['load-balanced', 'round-robin']),
    batchIntervalMs: draw.of([200, 400, 1_000]),
    blockIntervalMs: draw.of([10, 40, 100, 200]),
    durability,
    checkpoints,
    segmentBytes: draw.of([4_096, 16_384, 2 ** 26]),
    concurrentJobs: draw.of([1, 1, 2, 4]),
    onBatchFailure: draw.of(['stop', 'hold']),
    streams: Array.from({ length: draw.of([1, 1, 2, 3]) }, () => drawStream(draw, faults)),
    graphs: drawGraphs(draw, mayHaveState),
    loadMs: 1_000 + draw.upTo(2_000),
    disk: drawDisk(new Draw(`${seed}/disk`), faults),
    channels: executors === 0 ? {} : drawChannels(new Draw(`${seed}/channels`), faults),
    endings: drawEndings(new Draw(`${seed}/endings`), faults, executors),
    jobFailureRate: faults.has('job-failure') ? draw.of([0.1, 0.5]) : 0,
    ...(mayHaveState ? drawEventTime(new Draw(`${seed}/event-time`)) : {}),
    ...(options.brokenOnPurpose === true ? { brokenOnPurpose: true } : {}),
  };
  return withForced(
    drawUnacknowledged(
      drawAllocation(drawFull(drawReactions(drawLater(early, { ...options, mayHaveState }), options))),
    ),
    options,
    mayHaveState,
  );
}

function withForced(plan: Plan, { faults, forced = {} }: DrawOptions, mayHaveState: boolean): Plan {
  const { graphs, settings, mix, stream, operators, sink, parallelism, ...rest } = forced;
  const { executors: _drawnWith, ...others } = rest;
  const drawn =
    graphs === undefined
      ? withProgram(plan, { mayRemember: mayHaveState, operators }, { faults, sink, parallelism })
      : { ...plan, graphs: graphs.filter((kind) => mayHaveState || !STATEFUL.has(kind)) };
  const ofStream = { ...stream, ...(mix === undefined ? {} : { mix }) };
  return withoutSkips({
    ...drawKnownSinks(drawMissed(drawn, faults), { faults, sink }),
    // Quiet minutes are drawn only with few batches.
    ...(others.batchIntervalMs === undefined ? {} : { quietMs: 0 }),
    ...others,
    ...(settings === undefined ? {} : { settings: { ...drawn.settings, ...settings } }),
    streams: drawn.streams.map((one) => ({ ...one, ...ofStream })),
  });
}

/** Faults that lose the content of memory. */
const DEATHS: readonly FaultKind[] = [
  'driver-death',
  'executor-death',
  'power-loss',
  'rolling-restart',
  'partition',
  'disk-failure',
  'disk-full',
  'channel-loss',
  'job-failure',
];

function drawStream(draw: Draw, faults: ReadonlySet<FaultKind>): StreamPlan {
  return {
    source: draw.of(['acknowledged', 'acknowledged', 'positions', 'ranges']),
    recordsPerSecond: draw.of([20, 60, 200]),
    stores: draw.happens(0.75) ? 'records' : 'blocks',
    restartRate: faults.has('receiver-restart') ? 0.02 : 0,
    failureRate: faults.has('receiver-failure') ? 0.1 : 0,
  };
}

/**
 * Graphs with data remembered across batches are drawn when no fault loses memory, or when checkpoints keep the data.
 */
function drawGraphs(draw: Draw, mayHaveState: boolean): readonly GraphKind[] {
  const kinds: readonly GraphKind[] = [
    'reduce',
    'window',
    'inverse-window',
    'state',
    'mapped-state',
    'partitions',
  ];
  return kinds.filter((kind) => draw.happens(0.3) && (mayHaveState || !STATEFUL.has(kind)));
}

function drawDisk(draw: Draw, faults: ReadonlySet<FaultKind>): DiskFaults {
  const rate = draw.of([0.005, 0.02, 0.1]);
  const begin = 200 + draw.upTo(1_000);
  const until = begin + 100 + draw.upTo(800);
  return {
    ...(faults.has('disk-failure') ? { append: rate, sync: rate, other: rate / 2 } : {}),
    ...(faults.has('disk-slow') ? { slowMs: draw.of([3, 20, 80]) } : {}),
    ...(faults.has('disk-full') ? { full: [[begin, until] as const] } : {}),
  };
}

function drawChannels(draw: Draw, faults: ReadonlySet<FaultKind>): ChannelFaults {
  const rate = draw.of([0.02, 0.1, 0.3]);
  return {
    ...(faults.has('channel-delay') ? { delay: rate, delayMs: draw.of([5, 30, 60]) } : {}),
    ...(faults.has('channel-reorder') ? { reorder: rate } : {}),
    ...(faults.has('channel-loss') ? { loss: rate / 2 } : {}),
    ...(faults.has('channel-duplicate') ? { duplicate: rate } : {}),
  };
}

function drawEndings(draw: Draw, faults: ReadonlySet<FaultKind>, executors: number): readonly Ending[] {
  const parts: readonly (readonly [Ending['part'], FaultKind])[] = [
    ['driver', 'driver-death'],
    ['machine', 'power-loss'],
    ['rolling-restart', 'rolling-restart'],
    ['executor', 'executor-death'],
    ['partition', 'partition'],
  ];
  const possible = parts
    .filter(([part, kind]) => faults.has(kind) && (executors > 0 || !NEEDS_EXECUTORS.has(part)))
    .map(([part]) => part);
  if (possible.length === 0) return [];
  // One ending of each enabled kind, and a few more.
  const more = Array.from({ length: draw.upTo(2) }, () => draw.of(possible));
  return draw.shuffled([...possible, ...more]).map((part) => ({
    part,
    after: draw.happens(0.6) ? { steps: 1 + draw.upTo(250) } : { ms: 20 + draw.upTo(900) },
    downMs: draw.upTo(1_200),
  }));
}

const NEEDS_EXECUTORS: ReadonlySet<Ending['part']> = new Set(['executor', 'partition']);
