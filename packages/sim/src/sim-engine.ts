// Makes the engine of one simulated process: a driver or an executor. The plan says how it is set, the process gives it
// its ports.
import {
  Clock,
  LoadBalancedSchedulingPolicy,
  Logger,
  type Plugin,
  providing,
  RandomSource,
  SchedulingPolicy,
  Storage,
} from '@millrace/core';
import { StreamingContext } from '@millrace/engine';
import { RoundRobinSchedulingPolicy } from '@millrace/scheduling';
import { fileWriteAheadLog } from '@millrace/wal';
import type { Plan } from './plan.ts';
import type { SimProcess } from './sim-process.ts';

/** Where checkpoints are. */
export const CHECKPOINT_DIRECTORY = '/data/checkpoints';

/** Where logs are. */
export const LOG_DIRECTORY = '/data/log';

/** The ports of one process. */
export interface SimPorts {
  readonly process: SimProcess;
  readonly random: RandomSource;
  readonly storage: Storage;
  readonly log: Logger;
}

/** Makes the engine, without a program. `own`: what makes it a driver or an executor. */
export function createEngine(plan: Plan, ports: SimPorts, own: readonly Plugin[]): StreamingContext {
  return new StreamingContext({
    appName: 'simulated',
    batchIntervalMs: plan.batchIntervalMs,
    ...(plan.checkpoints ? { checkpointDirectory: CHECKPOINT_DIRECTORY, checkpointsKept: 3 } : {}),
    receiving: {
      blockIntervalMs: plan.blockIntervalMs,
      maxRecordsPerBlock: 40,
      pushAttempts: 3,
      pushRetryDelayMs: 20,
      pushRetryDelayMaxMs: 200,
      restartDelayMs: 50,
      restartDelayMaxMs: 400,
      healthyAfterMs: 1_000,
      receiverCallTimeoutMs: 1_000,
    },
    tracking: {
      executorReadinessTimeoutMs: 3_000,
      registrationTimeoutMs: 800,
      restartTimeoutMs: 3_000,
      minRestartDelayMs: 50,
      maxRestartDelayMs: 400,
      healthyAfterMs: 1_000,
    },
    batches: {
      concurrentJobs: plan.concurrentJobs,
      onBatchFailure: plan.onBatchFailure,
      maxAttempts: 3,
      retryDelayMs: 20,
      retryDelayMaxMs: 200,
    },
    plugins: [...portsOf(plan, ports), ...logOf(plan), ...own],
  });
}

function portsOf(plan: Plan, { process, random, storage, log }: SimPorts): readonly Plugin[] {
  return [
    providing(Clock, process.clock),
    providing(RandomSource, random),
    providing(Storage, storage),
    providing(Logger, log),
    providing(SchedulingPolicy, policyOf(plan)),
  ];
}

function logOf({ durability, segmentBytes }: Plan): readonly Plugin[] {
  if (durability === 'memory') return [];
  return [
    fileWriteAheadLog({
      directory: LOG_DIRECTORY,
      sync: durability === 'machine',
      segmentBytes,
      registrationGraceMs: 5_000,
    }),
  ];
}

function policyOf({ policy }: Plan): SchedulingPolicy {
  return policy === 'round-robin' ? new RoundRobinSchedulingPolicy() : new LoadBalancedSchedulingPolicy();
}
