// What a streaming context is told when it is made, checked at once.
import type { Plugin } from '@millrace/core';
import {
  filledText,
  pathText,
  flag,
  option,
  type OptionTable,
  required,
  resolveOptions,
  wholeNumber,
} from '@millrace/core/engine';
import { resolveBackPressureOptions } from '../batches/back-pressure-options.ts';
import { resolveBatchOptions } from '../batches/batch-options.ts';
import { resolveExecutorAllocation } from '../batches/executor-allocation-options.ts';
import type { BackPressureOptions } from '../batches/back-pressure-options.ts';
import type { BatchOptions } from '../batches/batch-options.ts';
import type {
  ChosenExecutorAllocation,
  ExecutorAllocationOptions,
} from '../batches/executor-allocation-options.ts';
import { PARTITIONS_MAX } from '../rdd/positive-integer.ts';
import { resolveReceivingOptions } from '../receiving/receiving-options.ts';
import type { ReceivingOptions } from '../receiving/receiving-options.ts';
import { resolveTrackingOptions } from '../tracking/tracking-options.ts';
import type { TrackingOptions } from '../tracking/tracking-options.ts';
import { executorsAskedFor, type Master } from './master.ts';
import { resolveTaskOptions, type TaskOptions } from './task-options.ts';

/** Options of a streaming context. Times in milliseconds. */
export interface StreamingContextOptions {
  /** Names the application: part of every batch's identity, so keep it the same from run to run. */
  readonly appName: string;
  /** The time between batches: a whole number of milliseconds, at least 1. */
  readonly batchIntervalMs: number;
  /**
   * Where executors are: `'local'` in this process, `'local[N]'` on N threads, `'local[*]'` on one thread for each core.
   * Threads need the plugin `threads()` of @millrace/threads. Default: the bound backend as it is set, which without
   * plugins is this process.
   */
  readonly master?: Master;
  /** Partitions of a shuffle that does not say. Default 1: one thread computes, more partitions only cost. */
  readonly defaultParallelism?: number;
  /** How blocks are cut and pushed, and how receivers are restarted. */
  readonly receiving?: Partial<ReceivingOptions>;
  /** How receivers are placed and started again. */
  readonly tracking?: Partial<TrackingOptions>;
  /** How batches are run, retried and given up. */
  readonly batches?: Partial<BatchOptions>;
  /** How tasks are placed, tried again and copied. */
  readonly tasks?: Partial<TaskOptions>;
  /**
   * Holds receivers to what the jobs can take. Default true. `{ initialRate, minRate }` sets the bounds of the rate, in
   * records per second and receiver; `false` leaves it to `receiving.maxRate` and `receiving.maxBytesPerSecond`, which
   * hold in any case.
   */
  readonly backPressure?: boolean | Partial<BackPressureOptions>;
  /**
   * Adds and retires executors while the stream runs, by how much of their interval batches take. Default false. Needs
   * executors that can be added, such as the threads of @millrace/threads.
   */
  readonly executorAllocation?: boolean | Partial<ExecutorAllocationOptions>;
  /** Keeps RDDs at least this long, for `slice` and for looking back; windows ask for what they need by themselves. */
  readonly rememberMs?: number;
  /**
   * Where checkpoints are kept, so that a context made later with the same directory goes on where this one ended. Made
   * when it is absent, and used by one context at a time. Default: the port `CheckpointStore`, if a plugin provides it;
   * else there are none.
   */
  readonly checkpointDirectory?: string;
  /** How many checkpoints are kept: the newest is used, an older one when it is damaged. Default 10, at least 2. */
  readonly checkpointsKept?: number;
  /** Begins although something was kept for operators that the program has no more, and loses it. Default false. */
  readonly allowDroppedState?: boolean;
}

/** Options of `new StreamingContext`: those of a context, and the plugins to assemble an engine of. */
export interface StandaloneContextOptions extends StreamingContextOptions {
  /** Default none: an engine in memory and in this process. */
  readonly plugins?: readonly Plugin[];
}

/** The options of a context with every default filled in. */
export interface ResolvedContextOptions {
  readonly defaultParallelism: number;
  readonly receiving: ReceivingOptions;
  readonly tracking: TrackingOptions;
  readonly batches: BatchOptions;
  readonly tasks: TaskOptions;
  /** Undefined: none. */
  readonly backPressure: BackPressureOptions | undefined;
  /** Undefined: the number of executors stays as it is. */
  readonly executorAllocation: ChosenExecutorAllocation | undefined;
  readonly checkpointsKept: number;
  readonly allowDroppedState: boolean;
}

/** Those that are resolved by themselves are only named here. */
const elsewhere = option<never>('anything', () => true);

const RULES: OptionTable<StandaloneContextOptions> = {
  appName: required(filledText('a name that is not empty')),
  batchIntervalMs: required(wholeNumber()),
  plugins: option('a list of plugins', (value) => Array.isArray(value) && Array.from(value).length >= 0),
  master: option('local, local[*] or local[N] with N from 1 to 9999', isMaster),
  defaultParallelism: option(
    `a whole number, from 1 to ${PARTITIONS_MAX}`,
    (value) => Number.isSafeInteger(value) && Number(value) >= 1 && Number(value) <= PARTITIONS_MAX,
    1,
  ),
  receiving: elsewhere,
  tracking: elsewhere,
  batches: elsewhere,
  tasks: elsewhere,
  backPressure: elsewhere,
  executorAllocation: elsewhere,
  rememberMs: wholeNumber(undefined, 0),
  checkpointDirectory: pathText('the path of a directory'),
  checkpointsKept: wholeNumber(10, 2),
  allowDroppedState: flag(false),
};

/**
 * Checks what the compiler cannot, and fills in the defaults.
 *
 * @throws `MR_CONFIG_INVALID_OPTION` with every wrong option of a group; the groups are looked at one after the other.
 */
export function resolveContextOptions(given: StreamingContextOptions): ResolvedContextOptions {
  const options = resolveOptions({ owner: 'StreamingContext', table: RULES, given });
  const { defaultParallelism = 1, checkpointsKept = 10, allowDroppedState = false } = options;
  const receiving = resolveReceivingOptions(options.receiving);
  return {
    defaultParallelism,
    receiving,
    tracking: resolveTrackingOptions(options.tracking),
    batches: resolveBatchOptions(options.batches),
    tasks: resolveTaskOptions(options.tasks),
    backPressure: resolveBackPressureOptions(options.backPressure, receiving.maxRate),
    executorAllocation: resolveExecutorAllocation(options.executorAllocation),
    checkpointsKept,
    allowDroppedState,
  };
}

function isMaster(value: unknown): boolean {
  return typeof value === 'string' && executorsAskedFor(value) !== undefined;
}
