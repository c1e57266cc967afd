// Draws the plan of a cluster from a seed. Each part has a separate random source, as in `draw-plan.ts`.
import { Draw } from '../draw.ts';
import type { StreamPlan } from '../plan.ts';
import { drawClusterHosts } from './draw-cluster-hosts.ts';
import {
  CORE_FAULT_KINDS,
  type ClusterFault,
  type ClusterFaultKind,
  type ClusterPlan,
  type FullStream,
  type MachineChoice,
  type MessageFaults,
  type ServerChoice,
} from './cluster-plan.ts';

/** Decisions of the caller that override the seed. */
export interface ClusterDrawOptions {
  /** The enabled faults, instead of drawn ones. */
  readonly faults?: readonly ClusterFaultKind[] | undefined;
  readonly brokenOnPurpose?: boolean | undefined;
  readonly forced?: ForcedClusterPlan | undefined;
}

/** Parts of every plan, independent of the seed. */
export type ForcedClusterPlan = Partial<Omit<ClusterPlan, 'seed'>>;

const MACHINES: readonly MachineChoice[] = ['in-charge', 'in-charge', 'in-charge', 'standing-by', 'a', 'b'];
const SERVERS: readonly ServerChoice[] = ['leader-of-log', 'leader-of-lease', 'n1', 'n2', 'n3'];
const STREAMS: readonly FullStream[] = ['META', 'BLK_0', 'BLK_1', 'BLK_2', 'CKPT'];
/** Faults begin when the first driver is in charge and has run a batch. */
const FIRST_MS = 3_000;
/** The largest step of a clock, in ms. */
const STEP_MS = 5_000;

/** The plan of a seed. Equal seeds and options give equal plans. */
export function drawClusterPlan(seed: string, options: ClusterDrawOptions = {}): ClusterPlan {
  const draw = new Draw(`${seed}/cluster`);
  const kinds = new Set<ClusterFaultKind>(options.faults ?? CORE_FAULT_KINDS.filter(() => draw.happens(0.4)));
  const servers = draw.happens(0.15) ? 1 : 3;
  const loadMs = 15_000 + draw.upTo(25_000);
  const batchIntervalMs = draw.of([500, 1_000, 2_000]);
  const hosts = drawClusterHosts(seed, { loadMs, batchIntervalMs }, options.faults);
  return {
    seed,
    servers,
    batchIntervalMs,
    blockIntervalMs: batchIntervalMs / draw.of([2, 4, 10]),
    concurrentJobs: draw.of([1, 1, 2]),
    executors: draw.of([1, 1, 2]),
    streams: drawStreams(draw),
    latencyMs: draw.of([1, 3, 20, 60]),
    // A batch has some of these waits one after the other, and two more for each block.
    outputMs: draw.of([0, 20, batchIntervalMs / 20]),
    electionMs: draw.of([
      [500, 2_000],
      [4_000, 9_000],
    ]),
    noticedMs: draw.of([1_000, 2_500]),
    registrationGraceMs: draw.of([10_000, 60_000]),
    ...hosts.settings,
    loadMs,
    faults: [
      ...drawFaults(new Draw(`${seed}/cluster-faults`), kinds, { loadMs, servers }),
      ...hosts.faults,
    ].toSorted((one, other) => one.atMs - other.atMs),
    messages: {
      ...drawMessages(new Draw(`${seed}/cluster-messages`), kinds),
      ...(hosts.lateSessionMs !== undefined && { lateSessionMs: hosts.lateSessionMs }),
    },
    ...(options.brokenOnPurpose === true ? { brokenOnPurpose: true } : {}),
    ...options.forced,
  };
}

/** A source that is read again by positions, or by ranges, and an acknowledging one. */
function drawStreams(draw: Draw): readonly StreamPlan[] {
  const stream = (source: StreamPlan['source']): StreamPlan => ({
    source,
    recordsPerSecond: draw.of([4, 10, 30]),
    stores: draw.of(['records', 'records', 'blocks']),
    restartRate: 0,
    failureRate: 0,
  });
  return [stream(draw.of(['positions', 'ranges'])), stream('acknowledged')];
}

interface Frame {
  readonly loadMs: number;
  readonly servers: number;
}

/** Up to six faults. Each ends before the load does. */
function drawFaults(draw: Draw, kinds: ReadonlySet<ClusterFaultKind>, frame: Frame): readonly ClusterFault[] {
  const timed = CORE_FAULT_KINDS.filter((kind) => kinds.has(kind) && !MESSAGE_KINDS.has(kind));
  if (timed.length === 0) return [];
  const count = 1 + draw.upTo(5);
  return Array.from({ length: count }, () => drawFault(draw, draw.of(timed), frame)).flat();
}

const MESSAGE_KINDS: ReadonlySet<ClusterFaultKind> = new Set([
  'lost-acknowledgement',
  'zero-acknowledgement',
  'lagging-replica',
  'slow-purge',
]);

function drawFault(draw: Draw, kind: ClusterFaultKind, { loadMs, servers }: Frame): readonly ClusterFault[] {
  const atMs = FIRST_MS + draw.upTo(loadMs - FIRST_MS - 1_000);
  const lasts = (mostMs: number) => Math.min(draw.upTo(mostMs) + 1, loadMs - atMs);
  const machine = draw.of(MACHINES);
  const server = servers === 1 ? 'n1' : draw.of(SERVERS);
  switch (kind) {
    case 'driver-death':
      return [{ kind, atMs, machine, forMs: lasts(draw.of([200, 5_000])) }];
    case 'driver-pause':
      return [{ kind, atMs, machine, forMs: lasts(draw.of([2_000, 6_000, 20_000])) }];
    case 'hand-over':
      return [{ kind, atMs }];
    case 'machine-death':
      return [{ kind, atMs, machine, forMs: lasts(draw.of([3_000, 20_000])) }];
    case 'machine-cut':
      return servers === 1 ? [] : [{ kind, atMs, machine, forMs: lasts(draw.of([3_000, 20_000])) }];
    case 'server-death':
    case 'server-pause':
      return [{ kind, atMs, server, forMs: lasts(draw.of([500, 12_000])) }];
    case 'server-cut':
      return servers === 1
        ? []
        : [{ kind, atMs, server, other: draw.of(['n1', 'n2', 'n3']), forMs: lasts(12_000) }];
    case 'host-cut':
      return [{ kind, atMs, machine, forMs: lasts(draw.of([1_500, 6_000, 20_000])) }];
    case 'one-way-cut':
      return [
        { kind, atMs, machine, way: draw.of(['in', 'out']), forMs: lasts(draw.of([1_500, 6_000, 20_000])) },
      ];
    case 'slow-link':
      return [{ kind, atMs, machine, latencyMs: draw.of([100, 600, 1_500]), forMs: lasts(10_000) }];
    case 'clock-step':
      return [{ kind, atMs, machine, byMs: (1 + draw.upTo(STEP_MS)) * draw.of([-1, 1]) }];
    case 'full-stream':
      return [{ kind, atMs, stream: draw.of(STREAMS), forMs: lasts(5_000) }];
    default:
      return [];
  }
}

function drawMessages(draw: Draw, kinds: ReadonlySet<ClusterFaultKind>): MessageFaults {
  const chances = {
    lostAcknowledgement: draw.of([0.02, 0.2]),
    zeroAcknowledgement: draw.of([0.02, 0.2]),
    lagMs: draw.of([50, 2_500]),
    purgeMs: draw.of([200, 6_000]),
  };
  return {
    ...(kinds.has('lost-acknowledgement') && { lostAcknowledgement: chances.lostAcknowledgement }),
    ...(kinds.has('zero-acknowledgement') && { zeroAcknowledgement: chances.zeroAcknowledgement }),
    ...(kinds.has('lagging-replica') && { lagMs: chances.lagMs }),
    ...(kinds.has('slow-purge') && { purgeMs: chances.purgeMs }),
  };
}
