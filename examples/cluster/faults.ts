// The faults of the demo. The seed decides their order and victims.
import type { Clock, RandomSource } from '@millrace/core';
import { type Cluster, HOSTS, MACHINES } from './cluster.ts';
import type { Results } from './results.ts';

/** The parts of the cluster that die. */
const KINDS = ['host', 'executor', 'driver', 'server'] as const;

/** The time after a fault in which the results are watched. The victim is started again after this time. */
const WATCH_MS = 15_000;
/** Results that are missing for longer end the demo. */
const MISSING_MS = 90_000;
/** Between the start of a victim and the next fault. */
const CALM_MS = 3_000;

/** What a fault needs. */
export interface FaultDeps {
  readonly cluster: Cluster;
  readonly results: Results;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly tell: (line: string) => void;
}

interface Fault {
  readonly name: string;
  readonly strike: () => Promise<void>;
  readonly mend: () => Promise<void>;
}

/** Every kind once in a random order, then again, while there is time. */
export async function runFaults(seconds: number, deps: FaultDeps): Promise<void> {
  const { clock, random, cluster } = deps;
  const untilMs = clock.monotonicMs() + seconds * 1_000;
  let kinds: (typeof KINDS)[number][] = [];
  while (clock.monotonicMs() < untilMs) {
    if (kinds.length === 0) kinds = [...KINDS];
    const [kind = 'host'] = kinds.splice(random.integer(kinds.length), 1);
    await watchFault(faultOf(kind, cluster, random), deps);
    await clock.sleepFor(CALM_MS + random.integer(1_000));
  }
}

function faultOf(kind: (typeof KINDS)[number], cluster: Cluster, random: RandomSource): Fault {
  const host = HOSTS[random.integer(HOSTS.length)] ?? HOSTS[0];
  const machine = MACHINES[random.integer(MACHINES.length)] ?? MACHINES[0];
  const driver = cluster.driverInCharge ?? 1;
  const faults: Readonly<Record<typeof kind, Fault>> = {
    host: {
      name: `the host of executors on machine ${host}`,
      strike: () => cluster.killHost(host),
      mend: () => cluster.startHost(host),
    },
    executor: {
      name: `an executor on machine ${host}`,
      strike: async () => cluster.orderExecutor('end', host),
      mend: async () => undefined,
    },
    driver: {
      name: `the driver in charge, on machine ${driver}`,
      strike: () => cluster.killDriver(driver),
      mend: () => cluster.startDriver(driver),
    },
    server: {
      name: `the server of NATS on machine ${machine}`,
      strike: () => cluster.killServer(machine),
      mend: () => cluster.startServer(machine),
    },
  };
  return faults[kind];
}

async function watchFault({ name, strike, mend }: Fault, { clock, results, tell }: FaultDeps): Promise<void> {
  tell(`kills ${name}`);
  const atMs = clock.monotonicMs();
  await strike();
  await clock.sleepFor(WATCH_MS);
  while (clock.monotonicMs() - results.newestMs > WATCH_MS / 5) {
    if (clock.monotonicMs() - atMs > MISSING_MS)
      throw new Error(`no results ${MISSING_MS} ms after the death of ${name}`);
    await clock.sleepFor(100);
  }
  tell(`  longest time without results: ${(results.gapSince(atMs) / 1_000).toFixed(1)} s`);
  await mend();
}
