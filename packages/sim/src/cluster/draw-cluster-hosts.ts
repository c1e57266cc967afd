// Draws the hosts of a cluster with their faults. The random sources are separate from those of the other parts of a plan.
import { Draw } from '../draw.ts';
import {
  HOST_FAULT_KINDS,
  type ClusterFaultKind,
  type ClusterPlan,
  type HostFault,
  type HostMachine,
} from './cluster-plan.ts';

/** The hosts of a plan. */
export interface DrawnHosts {
  readonly settings: Partial<ClusterPlan>;
  readonly faults: readonly HostFault[];
  readonly lateSessionMs?: number;
}

/** Hosts beside the drivers, on machines of their own, and both. */
const PLACES: readonly (readonly HostMachine[])[] = [
  ['c', 'd'],
  ['c', 'd'],
  ['a', 'b'],
  ['a', 'b', 'c'],
  ['a', 'c'],
  ['c'],
];
/** Faults begin when the first driver may have executors. */
const FIRST_MS = 4_000;
const FAULTS_MAX = 4;

/**
 * The hosts of a seed; half of the seeds have none.
 *
 * @param asked The enabled faults; undefined: as drawn.
 */
export function drawClusterHosts(
  seed: string,
  { loadMs, batchIntervalMs }: Pick<ClusterPlan, 'loadMs' | 'batchIntervalMs'>,
  asked: readonly ClusterFaultKind[] | undefined,
): DrawnHosts {
  const draw = new Draw(`${seed}/cluster-hosts`);
  const drawn = HOST_FAULT_KINDS.filter(() => draw.happens(0.5));
  const kinds = asked === undefined ? drawn : HOST_FAULT_KINDS.filter((kind) => asked.includes(kind));
  const hasHosts = draw.happens(0.5);
  if (!hasHosts && (asked === undefined || kinds.length === 0)) return { settings: {}, faults: [] };
  const settings = {
    hosts: draw.of(PLACES),
    hostSlots: draw.of([1, 1, 2]),
    // A batch has some thirty messages and ten waits one after the other, and has to be faster than its interval.
    latencyMs: draw.of([1, Math.ceil(batchIntervalMs / 200), batchIntervalMs / 100]),
    outputMs: draw.of([0, batchIntervalMs / 50]),
    // A quiet time is twice the grace, and hosts beat all the time.
    registrationGraceMs: 10_000,
  };
  const timed = kinds.filter((kind) => kind !== 'late-session');
  const count = timed.length === 0 ? 0 : 1 + draw.upTo(FAULTS_MAX - 1);
  const lateSessionMs = draw.of([300, 4_000]);
  return {
    settings,
    faults: Array.from({ length: count }, () => drawFault(draw, draw.of(timed), { ...settings, loadMs })),
    ...(kinds.includes('late-session') ? { lateSessionMs } : {}),
  };
}

interface Frame {
  readonly hosts: readonly HostMachine[];
  readonly hostSlots: number;
  readonly loadMs: number;
}

function drawFault(
  draw: Draw,
  kind: Exclude<(typeof HOST_FAULT_KINDS)[number], 'late-session'>,
  { hosts, hostSlots, loadMs }: Frame,
): HostFault {
  const atMs = FIRST_MS + draw.upTo(loadMs - FIRST_MS - 1_000);
  const lasts = (mostMs: number) => Math.min(draw.upTo(mostMs) + 1, loadMs - atMs);
  const host = draw.upTo(hosts.length - 1);
  const slot = draw.upTo(hostSlots - 1);
  switch (kind) {
    case 'executor-death':
      return { kind, atMs, host, slot };
    case 'executor-pause':
      return { kind, atMs, host, slot, forMs: lasts(draw.of([1_000, 8_000])) };
    case 'host-pause':
      return { kind, atMs, host, forMs: lasts(draw.of([2_000, 8_000, 20_000])) };
    case 'host-death':
    case 'host-leave':
      return { kind, atMs, host, forMs: lasts(draw.of([300, 8_000])) };
    case 'host-off':
      return { kind, atMs, host, forMs: lasts(draw.of([2_000, 8_000, 20_000])) };
  }
}
