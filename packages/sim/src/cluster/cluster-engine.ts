// Makes the engine of a driver of a simulated cluster: the plugins of `@millrace/nats` as a program uses them, over links of the
// simulation.
import { Clock, Logger, type Plugin, ProcessRole, provide, RandomSource, Storage } from '@millrace/core';
import type { ExecutorSession } from '@millrace/core/engine';
import { inProcessExecutors, StreamingContext } from '@millrace/engine';
import { natsBlocks, natsCheckpoints, natsHosts, natsLease, natsLog } from '@millrace/nats';
import { NATS_LINKS } from '@millrace/nats/testing';
import { MemoryStorage } from '@millrace/testing';
import type { ClusterPlan } from './cluster-plan.ts';
import type { Machine } from './machine.ts';
import type { SimProcess } from '../sim-process.ts';

/** The name of the application. */
export const APP = 'simulated';
/** Records per second and receiver. */
const RATE_AT_LEAST = 200;
/** Links are those of the simulation. */
const SERVERS = 'nats://simulated';

/** The ports of one process. */
export interface ClusterPorts {
  readonly process: SimProcess;
  readonly random: RandomSource;
  readonly log: Logger;
  readonly machine: Machine;
  /** The session of an executor. Absent: the process is a driver. */
  readonly executor?: ExecutorSession;
}

/** The script of the program, which driver and hosts compare. */
export const PROGRAM = '/program.js';

/** The files of a process: the script. */
export function clusterStorage(clock: Clock): MemoryStorage {
  const storage = new MemoryStorage({ clock });
  storage.writeFile(PROGRAM, 'the program of a simulated cluster');
  return storage;
}

/** Makes the engine, without a program. */
export function createClusterEngine(
  plan: ClusterPlan,
  { process, random, log, machine, executor }: ClusterPorts,
): StreamingContext {
  const cluster = {
    servers: SERVERS,
    app: APP,
    replicas: plan.servers,
    syncVerified: 'by-operator',
  } as const;
  const { registrationGraceMs } = plan;
  return new StreamingContext({
    appName: APP,
    batchIntervalMs: plan.batchIntervalMs,
    checkpointsKept: 3,
    // Slow links make batches long, and everything that waited has to come out within the bound of the world.
    ...(plan.hosts === undefined ? {} : { backPressure: { minRate: RATE_AT_LEAST } }),
    receiving: {
      blockIntervalMs: plan.blockIntervalMs,
      restartDelayMs: 50,
      restartDelayMaxMs: 400,
      receiverCallTimeoutMs: 1_000,
    },
    tracking: {
      // Hosts may be away for the whole time of the faults.
      executorReadinessTimeoutMs: plan.hosts === undefined ? 3_000 : 60_000,
      restartTimeoutMs: 3_000,
      minRestartDelayMs: 50,
      maxRestartDelayMs: 400,
    },
    batches: { concurrentJobs: plan.concurrentJobs, retryDelayMs: 50, retryDelayMaxMs: 1_000 },
    plugins: [
      provide(Clock, process.clock),
      provide(RandomSource, random),
      provide(Storage, clusterStorage(process.clock)),
      provide(Logger, log),
      provide(NATS_LINKS, { links: { open: () => machine.connect(process) } }),
      natsLease({ ...cluster, ownServer: machine.server }),
      natsLog(cluster),
      natsBlocks({ ...cluster, registrationGraceMs }),
      natsCheckpoints(cluster),
      executorsOf(plan, executor),
    ],
  });
}

function executorsOf({ hosts, executors }: ClusterPlan, executor: ExecutorSession | undefined): Plugin {
  if (executor !== undefined) return provide(ProcessRole, { executor });
  if (hosts === undefined) return inProcessExecutors({ executors });
  return natsHosts({ servers: SERVERS, program: PROGRAM, restartDelayMs: 50, restartDelayMaxMs: 1_000 });
}
