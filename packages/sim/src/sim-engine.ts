// Makes the engine of one simulated process: a driver or an executor. The plan supplies the options, the process
// supplies the ports.
import {
  BlockStore,
  Clock,
  type DeadLetter,
  Logger,
  type Plugin,
  provide,
  RandomSource,
  SchedulingPolicy,
  type Sink,
  Storage,
} from '@millrace/core';
import { LoadBalancedSchedulingPolicy } from '@millrace/core/engine';
import { StreamingContext } from '@millrace/engine';
import { RoundRobinSchedulingPolicy } from '@millrace/scheduling';
import { fileWriteAheadLog } from '@millrace/wal';
import { BoundedBlockStore } from './bounded-block-store.ts';
import type { Plan, SettingsPlan } from './plan.ts';
import type { SimProcess } from './sim-process.ts';

/** The directory of checkpoints. */
export const CHECKPOINT_DIRECTORY = '/data/checkpoints';

/** The directory of logs. */
export const LOG_DIRECTORY = '/data/log';

/** Records per second and receiver: the initial rate when none is drawn, and the minimum rate. */
const RATE_AT_FIRST = 10_000;
const RATE_AT_LEAST = 50;

/** The maximum number of records in a block, except for whole blocks. */
export const MAX_RECORDS_PER_BLOCK = 40;

/** The ports of one process. */
export interface SimPorts {
  readonly process: SimProcess;
  readonly random: RandomSource;
  readonly storage: Storage;
  readonly log: Logger;
  /** The life of the driver of this process, from 1. */
  readonly life: number;
  /** The sink of dead letters. Default: none. */
  readonly deadLetters?: Sink<DeadLetter> | undefined;
  /** Called for each exceeded bound. */
  readonly violated: (promise: string, what: string) => void;
}

/** Makes the engine, without a program. `own`: the plugins that make the process a driver or an executor. */
export function createEngine(plan: Plan, ports: SimPorts, own: readonly Plugin[]): StreamingContext {
  const { settings = {} } = plan;
  const { checkpointsKept = 3, maxUnallocatedBlocks, maxKnownGaps, missedBatches } = settings;
  const { blockQueueSize, maxHeldRecords, maxHeldBytes } = settings;
  return new StreamingContext({
    appName: 'simulated',
    batchIntervalMs: plan.batchIntervalMs,
    defaultParallelism: parallelismOf(plan, ports.life),
    rememberMs: (plan.program?.rememberBatches ?? 0) * plan.batchIntervalMs,
    ...(plan.allocation === undefined ? {} : { executorAllocation: plan.allocation }),
    ...(plan.allowsDroppedState === true ? { allowDroppedState: true } : {}),
    ...(plan.checkpoints ? { checkpointDirectory: CHECKPOINT_DIRECTORY, checkpointsKept } : {}),
    ...backPressureOf(settings),
    ...(ports.deadLetters === undefined ? {} : { deadLetters: ports.deadLetters }),
    receiving: {
      blockIntervalMs: plan.blockIntervalMs,
      maxRecordsPerBlock: MAX_RECORDS_PER_BLOCK,
      ...(blockQueueSize === undefined ? {} : { blockQueueSize }),
      ...(maxHeldRecords === undefined ? {} : { maxHeldRecords }),
      ...(maxHeldBytes === undefined ? {} : { maxHeldBytes, maxBytesPerBlock: maxHeldBytes / 2 }),
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
      ...(maxUnallocatedBlocks === undefined ? {} : { maxUnallocatedBlocks }),
      ...(maxKnownGaps === undefined ? {} : { maxKnownGaps }),
    },
    batches: {
      concurrentJobs: plan.concurrentJobs,
      onBatchFailure: plan.onBatchFailure,
      ...(missedBatches === undefined ? {} : { missedBatches: { limit: missedBatches } }),
      maxAttempts: 3,
      unavailableMs: 5_000,
      retryDelayMs: 20,
      retryDelayMaxMs: 200,
    },
    plugins: [...portsOf(plan, ports), ...logOf(plan), ...own],
  });
}

/** Programs are recomputed with another parallelism: lives alternate. */
function parallelismOf({ program }: Plan, life: number): number {
  const { parallelism = [1] } = program ?? {};
  return parallelism[(life - 1) % parallelism.length] ?? 1;
}

/** Rates are bounded such that all produced records are processed even after slow outputs. */
function backPressureOf({ initialRate, outputMs }: SettingsPlan) {
  if (initialRate === undefined && outputMs === undefined) return {};
  const begin = initialRate ?? RATE_AT_FIRST;
  return { backPressure: { initialRate: begin, minRate: Math.min(RATE_AT_LEAST, begin / 2) } };
}

function portsOf(plan: Plan, { process, random, storage, log, violated }: SimPorts): readonly Plugin[] {
  const { blockStoreBytes } = plan.settings ?? {};
  return [
    provide(Clock, process.clock),
    provide(RandomSource, random),
    provide(Storage, storage),
    provide(Logger, log),
    provide(SchedulingPolicy, policyOf(plan)),
    ...(blockStoreBytes === undefined
      ? []
      : [provide(BlockStore, new BoundedBlockStore({ maxBytes: blockStoreBytes, violated }))]),
  ];
}

function logOf({ durability, segmentBytes, settings = {} }: Plan): readonly Plugin[] {
  if (durability === 'memory') return [];
  const { segmentMs, closesFiles = false, registrationGraceMs = 5_000 } = settings;
  const { logWaitingBytes, inlineBlockBytes, preallocateBytes = 0 } = settings;
  return [
    fileWriteAheadLog({
      directory: LOG_DIRECTORY,
      sync: durability === 'machine',
      segmentBytes,
      ...(segmentMs === undefined ? {} : { segmentMs }),
      ...(logWaitingBytes === undefined ? {} : { waitingBytes: logWaitingBytes }),
      preallocateBytes,
      ...(inlineBlockBytes === undefined ? {} : { inlineBlockBytes }),
      closeFileAfterWrite: closesFiles,
      registrationGraceMs,
    }),
  ];
}

function policyOf({ policy }: Plan): SchedulingPolicy {
  return policy === 'round-robin' ? new RoundRobinSchedulingPolicy() : new LoadBalancedSchedulingPolicy();
}
