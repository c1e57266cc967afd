// Makes the engine of a driver of a simulated cluster: the plugins of `@millrace/nats` as a program uses them, over links of the
// simulation.
import { Clock, Logger, provide, RandomSource, Storage } from '@millrace/core';
import { inProcessExecutors, StreamingContext } from '@millrace/engine';
import { natsBlocks, natsCheckpoints, natsLease, natsLog } from '@millrace/nats';
import { NATS_LINKS } from '@millrace/nats/testing';
import { MemoryStorage } from '@millrace/testing';
import type { ClusterPlan } from './cluster-plan.ts';
import type { Machine } from './machine.ts';
import type { SimProcess } from '../sim-process.ts';

/** The name of the application. */
export const APP = 'simulated';

/** The ports of one process. */
export interface ClusterPorts {
  readonly process: SimProcess;
  readonly random: RandomSource;
  readonly log: Logger;
  readonly machine: Machine;
}

/** Makes the engine, without a program. */
export function createClusterEngine(
  plan: ClusterPlan,
  { process, random, log, machine }: ClusterPorts,
): StreamingContext {
  const cluster = {
    servers: 'nats://simulated',
    app: APP,
    replicas: plan.servers,
    syncVerified: 'by-operator',
  } as const;
  const { registrationGraceMs } = plan;
  return new StreamingContext({
    appName: APP,
    batchIntervalMs: plan.batchIntervalMs,
    checkpointsKept: 3,
    receiving: {
      blockIntervalMs: plan.blockIntervalMs,
      restartDelayMs: 50,
      restartDelayMaxMs: 400,
      receiverCallTimeoutMs: 1_000,
    },
    tracking: {
      executorReadinessTimeoutMs: 3_000,
      restartTimeoutMs: 3_000,
      minRestartDelayMs: 50,
      maxRestartDelayMs: 400,
    },
    batches: { concurrentJobs: plan.concurrentJobs, retryDelayMs: 50, retryDelayMaxMs: 1_000 },
    plugins: [
      provide(Clock, process.clock),
      provide(RandomSource, random),
      provide(Storage, new MemoryStorage({ clock: process.clock })),
      provide(Logger, log),
      provide(NATS_LINKS, { links: { open: () => machine.connect(process) } }),
      natsLease({ ...cluster, ownServer: machine.server }),
      natsLog(cluster),
      natsBlocks({ ...cluster, registrationGraceMs }),
      natsCheckpoints(cluster),
      inProcessExecutors({ executors: plan.executors }),
    ],
  });
}
