// The options of a streaming context, checked when the context is made.
import type { DeadLetter, LogLevel, Plugin, Sink } from '@millrace/core';
import {
  describeValue,
  filledText,
  pathText,
  flag,
  logLevelRule,
  option,
  optionError,
  type OptionTable,
  propertyOf,
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
import { recordError } from '../record-errors/record-error-codes.ts';
import { REACTION_RULE, type RecordErrorReaction } from '../record-errors/record-error-rule.ts';
import { RECORD_ERRORS_MAX } from '../record-errors/task-record-errors.ts';
import { resolveReceivingOptions } from '../receiving/receiving-options.ts';
import type { ReceivingOptions } from '../receiving/receiving-options.ts';
import { resolveTrackingOptions } from '../tracking/tracking-options.ts';
import type { TrackingOptions } from '../tracking/tracking-options.ts';
import { isMaster, type Master } from './master.ts';
import { resolveTaskOptions, type TaskOptions } from '../jobs/task-options.ts';

/** Options of a streaming context. Times in milliseconds. */
export interface StreamingContextOptions {
  /** The name of the application. Part of every batch's identity: keep the name the same from run to run. */
  readonly appName: string;
  /** The time between batches: a whole number of milliseconds, at least 1. */
  readonly batchIntervalMs: number;
  /**
   * The place of executors: `'local'` in this process, `'local[N]'` on N threads, `'local[*]'` on one thread for
   * each core. Threads need the plugin `threads()` of @millrace/threads. An address such as `'nats://a,b,c'` asks for the
   * executors there, and needs a plugin that serves the address. Default: the bound backend with its own settings, which
   * without plugins is this process.
   */
  readonly master?: Master;
  /**
   * The number of partitions of a shuffle without an explicit number. Default 1. With one thread to compute, more
   * partitions only add cost.
   */
  readonly defaultParallelism?: number;
  /**
   * Cutting and pushing of blocks, and restarts of receivers: block interval, block bounds, queue, rates, retries.
   * Default: those of `ReceivingOptions`.
   */
  readonly receiving?: Partial<ReceivingOptions>;
  /**
   * Placement and rescheduling of receivers: readiness of executors, delays of restarts. Default: those of
   * `TrackingOptions`.
   */
  readonly tracking?: Partial<TrackingOptions>;
  /**
   * Running, retrying and giving up of batches: `concurrentJobs`, `maxAttempts`, `onBatchFailure`, `missedBatches`,
   * `maxAheadMs` and others. Default: those of `BatchOptions`.
   */
  readonly batches?: Partial<BatchOptions>;
  /**
   * Placement, retries and speculation of tasks: `maxFailures`, `maxLosses`, `localityWaitMs`, `speculation` and
   * others. Default: those of `TaskOptions`.
   */
  readonly tasks?: Partial<TaskOptions>;
  /**
   * The reaction to a record for which a function of an operator throws, or returns a promise: fail the batch, leave the
   * record out, or leave the record out and write it to `deadLetters`. `DStream.onRecordError` overrides the reaction for one
   * operator. Operators that the code of `foreachRDD` calls on an RDD fail the batch in any case. Default `'fail-batch'`.
   */
  readonly onRecordError?: RecordErrorReaction;
  /**
   * The largest number of records that one batch may leave out. With more, the program is probably wrong and not the
   * records: the batch fails and is not tried again. Default 10,000.
   */
  readonly maxRecordErrorsPerBatch?: number;
  /**
   * The sink of the records that are left out with `'dead-letter'`. The driver opens the sink for the first letter, writes
   * the letters of a batch before the batch is complete, and closes the sink when the context stops. Default: none.
   */
  readonly deadLetters?: Sink<DeadLetter>;
  /**
   * Back-pressure: limits receivers to the capacity of the jobs. Default true. `{ initialRate, minRate }` sets the
   * bounds of the rate, in records per second and receiver; `false` leaves the limit to `receiving.maxRate` and
   * `receiving.maxBytesPerSecond`, which apply in any case.
   */
  readonly backPressure?: boolean | Partial<BackPressureOptions>;
  /**
   * Adds and retires executors while the stream runs, by the share of the interval that batches take. Default
   * false. Needs a backend that can add executors, for instance the threads of @millrace/threads.
   */
  readonly executorAllocation?: boolean | Partial<ExecutorAllocationOptions>;
  /**
   * The shortest time to retain RDDs, in milliseconds, for `slice` and for later reads; windows extend the time of their
   * inputs themselves. Default 0.
   */
  readonly rememberMs?: number;
  /**
   * The directory of checkpoints, so that a later context with the same directory resumes at the end of this one.
   * The directory is created when absent, is readable by the owner alone (0700, files 0600), and is used by one context
   * at a time. Default: the port `CheckpointStore` if a plugin provides one, otherwise no checkpoints.
   */
  readonly checkpointDirectory?: string;
  /**
   * True says that every host of the engine mounts `checkpointDirectory` at this path. Executors on several hosts need this.
   * A lock of a process on another host counts as held: after the loss of a host a person removes the lock
   * (`npx millrace unlock`). Default false.
   */
  readonly checkpointsShared?: boolean;
  /**
   * Number of checkpoints to keep: the newest is used, an older one when the newest is damaged. Default 10, at
   * least 2.
   */
  readonly checkpointsKept?: number;
  /**
   * Starts although the checkpoint has state of operators that the program no longer has, and drops that state.
   * Default false.
   */
  readonly allowDroppedState?: boolean;
}

/** Options of `new StreamingContext`: the options of a context, and the plugins to assemble an engine of. */
export interface StandaloneContextOptions extends StreamingContextOptions {
  /** Plugins that replace or add ports. Default none: an engine in memory and in this process. */
  readonly plugins?: readonly Plugin[];
  /**
   * The lowest level of written log lines: `'debug'`, `'info'`, `'warn'`, `'error'` or `'silent'`. The environment
   * variable `MILLRACE_LOG_LEVEL` comes first. Not beside a plugin that provides the logger. Default `'info'`.
   */
  readonly logLevel?: LogLevel;
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
  /** Undefined: the number of executors stays the same. */
  readonly executorAllocation: ChosenExecutorAllocation | undefined;
  readonly checkpointsShared: boolean;
  readonly checkpointsKept: number;
  readonly allowDroppedState: boolean;
  readonly onRecordError: RecordErrorReaction;
  readonly maxRecordErrorsPerBatch: number;
  readonly deadLetters: Sink<DeadLetter> | undefined;
}

/** Groups of options, which are resolved separately. */
const group = option<never>('an object', () => true);
const switchedGroup = option<never>('true, false or an object', () => true);

/** The rules of the options. */
export const CONTEXT_OPTION_RULES: OptionTable<StandaloneContextOptions> = {
  appName: required(filledText('a name that is not empty')),
  batchIntervalMs: required(wholeNumber()),
  logLevel: logLevelRule,
  plugins: option('a list of plugins', (value) => Array.isArray(value) && Array.from(value).length >= 0),
  master: option('local, local[*], local[N] with N from 1 to 9999, or an address without a user', isMaster),
  defaultParallelism: option(
    `a whole number, from 1 to ${PARTITIONS_MAX}`,
    (value) => Number.isSafeInteger(value) && Number(value) >= 1 && Number(value) <= PARTITIONS_MAX,
    1,
  ),
  receiving: group,
  tracking: group,
  batches: group,
  tasks: group,
  onRecordError: REACTION_RULE,
  maxRecordErrorsPerBatch: wholeNumber(RECORD_ERRORS_MAX),
  deadLetters: option('a sink, for instance filesSink({ directory })', isSink),
  backPressure: switchedGroup,
  executorAllocation: switchedGroup,
  rememberMs: wholeNumber(undefined, 0),
  checkpointDirectory: pathText('the path of a directory'),
  checkpointsShared: flag(false),
  checkpointsKept: wholeNumber(10, 2),
  allowDroppedState: flag(false),
};

/**
 * Checks options beyond their types, and fills in the defaults.
 *
 * @param stallMs The time for which the block handler may wait, which some defaults follow. Default 0.
 * @throws `MR_CONFIG_INVALID_OPTION` with every wrong option of a group; the groups are checked one after the
 * other. `MR_RECORD_NO_DEAD_LETTERS`.
 */
export function resolveContextOptions(given: StreamingContextOptions, stallMs = 0): ResolvedContextOptions {
  const options = resolveOptions({ owner: 'StreamingContext', table: CONTEXT_OPTION_RULES, given });
  const { defaultParallelism = 1, checkpointsKept = 10, allowDroppedState = false } = options;
  const { checkpointsShared = false } = options;
  const { onRecordError = 'fail-batch', maxRecordErrorsPerBatch = RECORD_ERRORS_MAX, deadLetters } = options;
  if (onRecordError === 'dead-letter' && deadLetters === undefined) throw noDeadLetters();
  const receiving = resolveReceivingOptions(options.receiving, stallMs);
  return {
    defaultParallelism,
    receiving,
    tracking: resolveTrackingOptions(options.tracking, stallMs),
    batches: resolveBatchOptions(options.batches),
    tasks: resolveTaskOptions(options.tasks),
    backPressure: resolveBackPressureOptions(options.backPressure, receiving.maxRate),
    executorAllocation: resolveExecutorAllocation(options.executorAllocation),
    checkpointsShared,
    checkpointsKept,
    allowDroppedState,
    onRecordError,
    maxRecordErrorsPerBatch,
    deadLetters,
  };
}

/**
 * Refuses the options of an assembly for an engine that is assembled already: ignored plugins would replace nothing.
 *
 * @throws `MR_CONFIG_INVALID_OPTION`.
 */
export function assertNotAssembled({ plugins, logLevel }: StandaloneContextOptions): void {
  const given = Object.entries({ plugins, logLevel }).filter(([, value]) => value !== undefined);
  if (given.length === 0) return;
  throw optionError(
    'streamingContext',
    given.map(([path, value]) => ({
      path,
      expected: 'the engine is assembled already and takes no such option',
      got: describeValue(value),
      hint: `give ${path} to assembleEngine`,
    })),
  );
}

function isSink(value: unknown): boolean {
  return typeof propertyOf(value, 'write') === 'function' && typeof propertyOf(value, 'name') === 'string';
}

function noDeadLetters(): Error {
  return recordError(
    'MR_RECORD_NO_DEAD_LETTERS',
    "onRecordError: 'dead-letter' needs a sink for dead letters; add the option deadLetters, for instance deadLetters: filesSink({ directory: './dead-letters' })",
  );
}
