// Draws added after the first plans. Each part has a separate random source, so that a seed keeps the rest of its plan.
// These draws add to the plan or replace one of its parts.
import { Draw } from './draw.ts';
import {
  type ClockStep,
  type Damage,
  type Ending,
  type FailingOperation,
  type FaultKind,
  type GraphKind,
  LATER_FAULT_KINDS,
  type Plan,
  type SettingsPlan,
  type StreamPlan,
} from './plan.ts';

/** The options of these draws. */
export interface LaterOptions {
  /** The enabled faults, instead of drawn ones. */
  readonly faults?: readonly FaultKind[] | undefined;
  /** True when data remembered across batches is kept. */
  readonly mayHaveState: boolean;
}

/** The probability of each fault. */
const CHANCE = 0.2;

/** The plan with all later draws. */
export function drawLater(plan: Plan, { faults: asked, mayHaveState }: LaterOptions): Plan {
  const { seed } = plan;
  const draw = new Draw(`${seed}/later`);
  const drawn = LATER_FAULT_KINDS.filter(() => draw.happens(CHANCE));
  const faults = new Set<FaultKind>(asked ?? drawn);
  const settings = {
    ...drawSettings(new Draw(`${seed}/settings`), plan),
    ...drawOverlap(new Draw(`${seed}/overlap`), plan),
    ...drawLog(new Draw(`${seed}/log`), plan),
    ...drawSilence(new Draw(`${seed}/silence`), plan),
    ...drawObserver(new Draw(`${seed}/gauges`)),
  };
  const endings = faults.has('second-fault')
    ? withSecondFaults(new Draw(`${seed}/second`), plan.endings)
    : plan.endings;
  return {
    ...plan,
    endings,
    streams: drawStreams(new Draw(`${seed}/streams`), plan.streams, faults).map((stream) =>
      withBursts(stream, settings),
    ),
    graphs: [...plan.graphs, ...drawGraphs(new Draw(`${seed}/graphs`), mayHaveState)],
    ...(Object.keys(settings).length === 0 ? {} : { settings }),
    ...(faults.has('damaged-bit') && plan.checkpoints
      ? drawDamaged(new Draw(`${seed}/damages`), { ...plan, endings })
      : {}),
    ...(faults.has('failed-operation') ? { failing: drawFailing(new Draw(`${seed}/failing`)) } : {}),
    ...(faults.has('eviction') ? { evictions: drawEvictions(new Draw(`${seed}/evictions`)) } : {}),
    ...(faults.has('outliving-executor') && plan.executors > 0
      ? { outliveMs: new Draw(`${seed}/outlive`).of([100, 400, 1_500]) }
      : {}),
    ...(faults.has('clock-step') ? { clockSteps: drawClockSteps(new Draw(`${seed}/clock`), plan) } : {}),
    ...drawRecordErrors(new Draw(`${seed}/record-errors`), plan),
    ...drawLull(new Draw(`${seed}/lull`), plan),
    ...drawQuiet(new Draw(`${seed}/quiet`), plan),
  };
}

/** Most seeds leave most options at their defaults. Drawn bounds are tight enough to have an effect. */
function drawSettings(draw: Draw, { durability, checkpoints }: Plan): SettingsPlan {
  const all: SettingsPlan = {
    checkpointsKept: 2,
    blockQueueSize: draw.of([1, 2]),
    maxHeldRecords: 100,
    maxHeldBytes: 8_192,
    maxKnownGaps: 2,
    maxUnallocatedBlocks: 5,
    blockStoreBytes: 16_384,
    registrationGraceMs: 200,
    segmentMs: draw.of([50, 400]),
    closesFiles: true,
    retriesHeld: draw.of(['once', 'never']),
    initialRate: draw.of([30, 100]),
    outputMs: draw.of([5, 60]),
    repeatsChance: true,
    throwsAnything: true,
  };
  const isLogged = durability !== 'memory';
  const isOfUse: Partial<Record<keyof SettingsPlan, boolean>> = {
    checkpointsKept: checkpoints,
    registrationGraceMs: isLogged,
    segmentMs: isLogged,
    closesFiles: isLogged,
  };
  const names = Object.keys(all) as (keyof SettingsPlan)[];
  const chosen = names.filter((name) => draw.happens(0.12) && isOfUse[name] !== false);
  return Object.fromEntries(chosen.map((name) => [name, all[name]]));
}

/** Outputs as slow as a batch, so that several batches fail at the same time and are held together. */
function drawOverlap(draw: Draw, { onBatchFailure, concurrentJobs, batchIntervalMs }: Plan): SettingsPlan {
  const mayOverlap = onBatchFailure === 'hold' && concurrentJobs > 1;
  return mayOverlap && draw.happens(0.3) ? { outputMs: batchIntervalMs } : {};
}

/** The minimum capacity of a log: a larger entry is written alone. */
function drawLog(draw: Draw, { durability }: Plan): SettingsPlan {
  if (durability === 'memory') return {};
  const waiting = draw.happens(0.1) ? { logWaitingBytes: 4_096 } : {};
  // No block, some blocks, or nearly every block is written inside its registration.
  const inlineBlockBytes = draw.of([0, 0, 256, undefined, undefined]);
  // Room for a few groups, so that groups end inside their file and behind it.
  const preallocateBytes = draw.of([undefined, 1_024, 8_192]);
  return {
    ...waiting,
    ...(inlineBlockBytes === undefined ? {} : { inlineBlockBytes }),
    ...(preallocateBytes === undefined ? {} : { preallocateBytes }),
  };
}

/** Without lost messages, the driver can always report the loss of an executor. */
function drawSilence(draw: Draw, { executors, channels, endings }: Plan): SettingsPlan {
  const mayLose = channels.loss !== undefined || endings.some(({ part }) => part === 'partition');
  const isSilent = executors > 1 && !mayLose && draw.happens(0.3);
  return isSilent ? { deathsAreSilent: true } : {};
}

/** One engine in four is observed: questions to executors change the course of a network. */
function drawObserver(draw: Draw): SettingsPlan {
  return draw.happens(0.25) ? { readsGauges: true } : {};
}

/** Endings within a few steps after the end of a driver, during the recovery of the next one. */
function withSecondFaults(draw: Draw, endings: readonly Ending[]): readonly Ending[] {
  return endings.flatMap((ending) => {
    const { part } = ending;
    if (part === 'executor' || part === 'partition') return [ending];
    const again = Array.from({ length: 1 + draw.upTo(1) }, (): Ending => ({
      part: draw.happens(0.3) && part === 'machine' ? 'machine' : 'driver',
      after: { steps: 1 + draw.upTo(60) },
      downMs: draw.of([0, 20, 200]),
      isSecond: true,
    }));
    return [{ ...ending, downMs: draw.of([0, 20, ending.downMs]) }, ...again];
  });
}

function drawStreams(
  draw: Draw,
  streams: readonly StreamPlan[],
  faults: ReadonlySet<FaultKind>,
): readonly StreamPlan[] {
  return streams.map((stream) => {
    const mix = draw.happens(0.3) ? draw.of(['text', 'mixed']) : undefined;
    const isIndividual = draw.happens(0.3) && stream.source === 'acknowledged';
    return {
      ...stream,
      ...(mix === undefined ? {} : { mix }),
      ...(isIndividual ? { ack: 'individual' } : {}),
      ...(draw.happens(0.15) && stream.source === 'acknowledged' ? { storesOdd: true } : {}),
      ...(faults.has('late-call') ? { callsLate: true } : {}),
    };
  });
}

/** With tight bounds, a mixed stream arrives in bursts, so that whole blocks are refused. */
function withBursts(stream: StreamPlan, { maxHeldRecords }: SettingsPlan): StreamPlan {
  if (stream.mix !== 'mixed' || maxHeldRecords === undefined) return stream;
  return { ...stream, inBursts: true, recordsPerSecond: 200 };
}

function drawGraphs(draw: Draw, mayHaveState: boolean): readonly GraphKind[] {
  const kinds: readonly GraphKind[] = ['persisted', 'removed-state', 'state-window', 'timed-state'];
  return kinds.filter((kind) => draw.happens(0.15) && (mayHaveState || kind === 'persisted'));
}

/**
 * Damages; and in half of the plans two deaths, before which the newest checkpoint comes from a driver that wrote no
 * other: the next driver falls back to a checkpoint of an earlier epoch.
 */
function drawDamaged(draw: Draw, { endings, batchIntervalMs }: Plan): Pick<Plan, 'damages' | 'endings'> {
  const damages = drawDamages(draw);
  if (draw.happens(0.5)) return { damages, endings };
  const first: Ending = { part: 'driver', after: { ms: 4 * batchIntervalMs + 100 }, downMs: 20 };
  const second: Ending = { part: 'driver', after: { ms: 60 }, downMs: 20, isSecond: true };
  return { damages: [{ life: 3, what: 'checkpoint' }], endings: [first, second, ...endings] };
}

function drawDamages(draw: Draw): readonly Damage[] {
  const lives = [2, 3, 4].filter(() => draw.happens(0.6));
  return (lives.length === 0 ? [2] : lives).map((life) => ({
    life,
    what: draw.happens(0.6) ? 'checkpoint' : 'part',
  }));
}

function drawFailing(draw: Draw): readonly FailingOperation[] {
  return Array.from({ length: 1 + draw.upTo(2) }, () => ({
    ...draw.of([
      { operation: 'remove', path: '/checkpoint-' },
      { operation: 'remove', path: '/part-' },
      { operation: 'rename', path: '/checkpoint-' },
      { operation: 'rename', path: '/part-' },
      { operation: 'open', path: '/part-' },
      { operation: 'read', path: '/part-' },
      { operation: 'open', path: '/checkpoint-' },
      { operation: 'list', path: '/checkpoints' },
      { operation: 'remove', path: '/log/' },
      { operation: 'rename', path: '/log/' },
      { operation: 'open', path: '/log/' },
      { operation: 'sync', path: '/log/' },
      { operation: 'syncDirectory', path: '/log' },
    ] as const),
    after: draw.upTo(8),
  }));
}

function drawEvictions(draw: Draw): readonly number[] {
  // A recomputation after one eviction often meets a further eviction.
  return Array.from({ length: 1 + draw.upTo(5) }, () => [
    draw.upTo(draw.of([5, 50, 500])),
    ...Array.from({ length: draw.upTo(2) }, () => 0),
  ]).flat();
}

const YEAR_MS = 365 * 86_400_000;

/**
 * Steps of a clock that is set, from a correction to another year. A step back is limited to a time from which a later
 * driver can start. A year is skipped; this step is drawn when the answers have no event time.
 */
function drawClockSteps(draw: Draw, { eventTime }: Plan): readonly ClockStep[] {
  if (draw.happens(0.2) && eventTime === undefined) return [{ atMs: 100 + draw.upTo(1_500), byMs: YEAR_MS }];
  return Array.from({ length: 1 + draw.upTo(2) }, () => ({
    atMs: 100 + draw.upTo(2_000),
    byMs: draw.of([-400, 400, -3_000, 3_000, -600_000, 20_000]),
  }));
}

/**
 * A function that fails for records, where batches survive the death of their driver. A task has four attempts, so few
 * records of a block may fail once where that fails the task.
 */
function drawRecordErrors(draw: Draw, { durability }: Plan): Pick<Plan, 'recordErrors'> {
  const isDrawn = draw.happens(0.6);
  const reaction = draw.of(['fail-batch', 'skip', 'dead-letter', 'dead-letter'] as const);
  const every = draw.of([3, 7, 40]);
  if (!isDrawn || durability === 'memory') return {};
  return { recordErrors: { reaction, every, flakyEvery: reaction === 'fail-batch' ? 97 : 11 } };
}

/** The length of a lull in batches: long enough that no earlier batch is needed any more. */
const LULL_BATCHES = 14;

/** Time without records in one of ten seeds with short batches, followed by further load. */
function drawLull(draw: Draw, { batchIntervalMs, loadMs }: Plan): Partial<Pick<Plan, 'lull' | 'loadMs'>> {
  if (batchIntervalMs > 400 || !draw.happens(0.1)) return {};
  const lull = { fromMs: 200 + draw.upTo(600), forMs: LULL_BATCHES * batchIntervalMs };
  return { lull, loadMs: Math.max(loadMs, lull.fromMs + lull.forMs + 400) };
}

/** Ten quiet minutes in one of fifty seeds, for batches rare enough to keep the run cheap. */
function drawQuiet(draw: Draw, { batchIntervalMs }: Plan): Pick<Plan, 'quietMs'> {
  return draw.happens(0.06) && batchIntervalMs === 1_000 ? { quietMs: 600_000 } : {};
}
