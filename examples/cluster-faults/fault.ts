// A fault of a kind, with the victims of this moment: the driver in charge, a host, a machine that leads a stream.
import type { RandomSource } from '@millrace/core';
import { type Cluster, DRIVERS, HOSTS, MACHINES } from '../cluster/cluster.ts';
import type { FaultKind } from './fault-kinds.ts';
import { LED_STREAMS, type LedStream } from './names.ts';
import type { NetworkFaults } from './network-faults.ts';
import type { Supervisor } from './supervisor.ts';

/** A fault that is about to happen. */
export interface Fault {
  /** For the progress. */
  readonly words: string;
  /** The time from `strike` to `mend`, in ms. */
  readonly holdMs: number;
  /** The gap without results that the design allows, in ms. */
  readonly goalMs: number;
  readonly strike: () => Promise<void>;
  readonly mend: () => Promise<void>;
}

/** What a fault needs. */
export interface FaultDeps {
  readonly cluster: Cluster;
  readonly network: NetworkFaults;
  readonly supervisor: Supervisor;
  readonly random: RandomSource;
  /** The machine whose server leads a stream. */
  readonly leaderOf: (stream: LedStream) => number | undefined;
}

const KILL_MS = 10_000;
const PAUSE_MS = 20_000;
const CUT_MS = 14_000;
const SLOW_MS = 10_000;
const KILOBITS = [256, 1_024, 4_096] as const;
/** A server without leaders, an executor; a driver, a host, a leader; a driver together with a leader of its streams. */
const GOALS_MS = { small: 5_000, usual: 10_000, double: 18_000 } as const;
/** Nothing can be known of an executor that is silent for 20 s: only 30 s are a sign of death. */
const SILENT_EXECUTOR_MS = 25_000;

type Part = 'driver' | 'host' | 'executor' | 'server' | 'leader';

/** The victims of a fault. */
interface Victims {
  readonly driver: number;
  readonly host: number;
  readonly server: number;
  readonly leader: number;
  readonly stream: LedStream;
}

/** Chooses the victims of a kind. */
export function faultOf(kind: FaultKind, deps: FaultDeps): Fault {
  const victims = chosenVictims(deps);
  const { network, random, cluster, supervisor } = deps;
  const { driver, host, leader } = victims;
  switch (kind.way) {
    case 'kill': {
      const parts: readonly Part[] =
        kind.target === 'driver and server' ? ['driver', 'server'] : [kind.target];
      const killed = parts.length > 1 ? { ...victims, server: driver } : victims;
      return {
        words: `kills ${parts.map((part) => wordsOf(part, killed)).join(' and ')}`,
        holdMs: KILL_MS,
        goalMs: goalOf(parts, killed, deps),
        strike: async () => void (await Promise.all(parts.map((part) => kill(part, killed, deps)))),
        mend: async () => {
          for (const part of parts.toReversed()) await restart(part, killed, deps);
        },
      };
    }
    case 'pause':
      return {
        words: `pauses ${wordsOf(kind.target, victims)}`,
        holdMs: PAUSE_MS,
        goalMs: kind.target === 'executor' ? SILENT_EXECUTOR_MS : goalOf([kind.target], victims, deps),
        strike: async () => signal(kind.target, 'SIGSTOP', victims, cluster),
        mend: async () => signal(kind.target, 'SIGCONT', victims, cluster),
      };
    case 'pair': {
      const pair = pairOf(kind.target, victims);
      return {
        words: `cuts the machines ${pair.join(' and ')} off each other`,
        holdMs: CUT_MS,
        goalMs: GOALS_MS.usual,
        strike: async () => network.cutPair(...pair),
        mend: async () => network.heal(),
      };
    }
    default: {
      const machine = { driver, host, leader }[kind.target];
      const kilobits = KILOBITS[random.integer(KILOBITS.length)] ?? KILOBITS[0];
      const isDeaf = random.integer(2) === 0;
      const words = {
        cut: `cuts machine ${machine} off`,
        'one way': `lets machine ${machine} ${isDeaf ? 'hear' : 'say'} nothing`,
        slow: `lets machine ${machine} send ${kilobits} kbit/s`,
      } as const;
      return {
        words: `${words[kind.way]} (${contentOf(machine, deps).join(', ')})`,
        holdMs: kind.way === 'slow' ? SLOW_MS : CUT_MS,
        goalMs: kind.way === 'slow' ? GOALS_MS.usual : goalOfMachine(machine, deps),
        strike: async () => {
          supervisor.pause();
          if (kind.way === 'cut') network.cut(machine);
          else if (kind.way === 'slow') network.slow(machine, kilobits);
          else if (isDeaf) network.deafen(machine);
          else network.mute(machine);
        },
        mend: async () => {
          network.heal();
          supervisor.goOn();
        },
      };
    }
  }
}

function chosenVictims({ cluster, random, leaderOf }: FaultDeps): Victims {
  const driver = cluster.driverInCharge ?? DRIVERS[0];
  // Where possible, a machine without the driver: that one is a kind of its own.
  const others = HOSTS.filter((machine) => machine !== driver);
  const host = others[random.integer(others.length)] ?? HOSTS[0];
  const stream = LED_STREAMS[random.integer(LED_STREAMS.length)] ?? LED_STREAMS[0];
  const any = MACHINES[random.integer(MACHINES.length)] ?? MACHINES[0];
  return { driver, host, stream, server: any, leader: leaderOf(stream) ?? any };
}

function pairOf(target: string, { driver, host, leader }: Victims): readonly [number, number] {
  if (target === 'two hosts') return [HOSTS[0], HOSTS[1]];
  const other = target === 'driver and leader' && leader !== driver ? leader : host;
  return [driver, other];
}

function wordsOf(part: Part, { driver, host, server, leader, stream }: Victims): string {
  return {
    driver: `the driver in charge, on machine ${driver}`,
    host: `the host on machine ${host}`,
    executor: `an executor on machine ${host}`,
    server: `the server on machine ${server}`,
    leader: `the server on machine ${leader}, leader of ${stream}`,
  }[part];
}

function contentOf(machine: number, { cluster, leaderOf }: FaultDeps): readonly string[] {
  return [
    ...(machine === cluster.driverInCharge ? ['driver in charge'] : []),
    ...(HOSTS.some((one) => one === machine) ? ['host'] : []),
    ...LED_STREAMS.filter((stream) => leaderOf(stream) === machine).map((stream) => `leader of ${stream}`),
  ];
}

function leads(machine: number, streams: readonly LedStream[], { leaderOf }: FaultDeps): boolean {
  return streams.some((stream) => leaderOf(stream) === machine);
}

function goalOfMachine(machine: number, deps: FaultDeps): number {
  const isDouble = machine === deps.cluster.driverInCharge && leads(machine, ['CTL', 'META'], deps);
  return isDouble ? GOALS_MS.double : GOALS_MS.usual;
}

function goalOf(parts: readonly Part[], { server }: Victims, deps: FaultDeps): number {
  if (parts.length > 1) return goalOfMachine(server, deps);
  if (parts[0] === 'executor') return GOALS_MS.small;
  return parts[0] === 'server' && !leads(server, LED_STREAMS, deps) ? GOALS_MS.small : GOALS_MS.usual;
}

async function kill(part: Part, victims: Victims, { cluster, supervisor }: FaultDeps): Promise<void> {
  const { driver, host, server, leader } = victims;
  if (part === 'driver' || part === 'host') supervisor.pause();
  await {
    driver: () => cluster.killDriver(driver),
    host: () => cluster.killHost(host),
    executor: async () => cluster.orderExecutor('end', host),
    server: () => cluster.killServer(server),
    leader: () => cluster.killServer(leader),
  }[part]();
}

async function restart(part: Part, victims: Victims, { cluster, supervisor }: FaultDeps): Promise<void> {
  const { driver, host, server, leader } = victims;
  await {
    driver: () => cluster.startDriver(driver),
    host: () => cluster.startHost(host),
    executor: async () => undefined,
    server: () => cluster.startServer(server),
    leader: () => cluster.startServer(leader),
  }[part]();
  if (part === 'driver' || part === 'host') supervisor.goOn();
}

function signal(part: Part, name: 'SIGSTOP' | 'SIGCONT', victims: Victims, cluster: Cluster): void {
  const { driver, host, server, leader } = victims;
  if (part === 'driver') cluster.signalDriver(driver, name);
  else if (part === 'host') cluster.signalHost(host, name);
  else if (part === 'executor') {
    if (name === 'SIGSTOP') cluster.orderExecutor('pause', host);
  } else cluster.signalServer(part === 'leader' ? leader : server, name);
}
