// The config of a run: engine, load and duration. A config file is a module whose default export is made by
// `defineConfig`; the flags of the command set the same options.
import type { ConfiguredReceiver, Plugin } from '@millrace/core';
import { validateOptions } from '@millrace/core/engine';
import type { DStream, Master, StandaloneContextOptions } from '@millrace/engine';
import { z } from 'zod';

/** A record of the load. */
export interface WorkloadRecord {
  /** `key-0`, `key-1`, …; with skew the first keys are the most frequent. */
  readonly key: string;
  /** `recordBytes` characters. */
  readonly payload: string;
  /** The number of the receiver, and the record's number in this receiver; both from 0. */
  readonly receiver: number;
  readonly index: number;
  /** The intended send time and the storing time, in wall milliseconds with a fraction. */
  readonly intendedMs: number;
  readonly storedMs: number;
}

/** The load, over all receivers together. */
export interface WorkloadLoad {
  /** The rate of all receivers together, in records per second. Default 10,000. */
  readonly recordsPerSecond?: number;
  /** Characters of the payload of each record. Default 100. */
  readonly recordBytes?: number;
  /** The number of receivers. Default 1. */
  readonly receivers?: number;
  /** The number of different keys. Default 1,000. */
  readonly keys?: number;
  /** 0: uniform keys. 1: skewed like the words of a language. Default 0. */
  readonly skew?: number;
  /** Periodic bursts: every `everyMs` the rate is `factor` times as high for `lengthMs`. Default none. */
  readonly burst?: { readonly everyMs: number; readonly lengthMs: number; readonly factor: number };
  /**
   * The time between failures of each receiver, in milliseconds; each failure is followed by a restart. Default never.
   */
  readonly failEveryMs?: number;
  /** The seed of the keys. The same seed draws the same keys. Default 1. */
  readonly seed?: number;
}

/** The plugins and options of the engine, as for `new StreamingContext`. */
export type WorkloadEngine = Omit<
  StandaloneContextOptions,
  'appName' | 'batchIntervalMs' | 'plugins' | 'master'
>;

/** A run. `T` is the type of the records: those of the load, or those of `receiver`. */
export interface WorkloadConfig<T = WorkloadRecord> {
  /** Names the run in reports. Default `millrace`. */
  readonly name?: string;
  /** The time between batches, in milliseconds. Default 1,000. */
  readonly batchIntervalMs?: number;
  /** Plugins of the engine. Default none: everything in memory. The flag adds a write-ahead log. */
  readonly plugins?: readonly Plugin[];
  /** Options of the engine, as for `new StreamingContext`. Default none. */
  readonly engine?: WorkloadEngine;
  /**
   * The place of receivers and tasks: `local` is the process of the command, `local[4]` four threads of this process,
   * `local[*]` one thread per core. Default `local`.
   */
  readonly master?: Master;
  /** The load on the engine. */
  readonly load?: WorkloadLoad;
  /** One's own receiver under measurement, or a list: its records take the place of `load`. Default none. */
  readonly receiver?: ConfiguredReceiver<T> | readonly ConfiguredReceiver<T>[];
  /**
   * The program under load. Its result travels to the driver batch by batch, so the result should be small: an
   * aggregation. Default: counts by key; with `receiver` counts the records.
   */
  readonly program?: (records: DStream<T>) => DStream<unknown>;
  /** Receives the results of each batch. Default: none. */
  readonly output?: (results: readonly unknown[], batchTime: number) => void | Promise<void>;
  /** The length of the measurement, in milliseconds. Default 30,000. */
  readonly durationMs?: number;
  /** The length of the load before the measurement, in milliseconds. Default 5,000. */
  readonly warmUpMs?: number;
}

const whole = z.int().min(1);
const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;
const isFunction = (value: unknown) => typeof value === 'function';
const isReceiver = (value: unknown) => isObject(value) && 'name' in value && 'capabilities' in value;
const isReceivers = (value: unknown) =>
  Array.isArray(value) ? value.length > 0 && value.every(isReceiver) : isReceiver(value);

const MASTER = /^local(\[(\*|[1-9]\d{0,3})\])?$/;

/** The options of a run. */
export const workloadOptions = z.strictObject({
  name: z.string().min(1).default('millrace'),
  batchIntervalMs: whole.default(1_000),
  plugins: z.array(z.custom<Plugin>(isObject).meta({ title: 'plugins' })).default([]),
  engine: z.custom<WorkloadEngine>(isObject).meta({ title: 'object' }).default({}),
  master: z
    .custom<Master>(
      (value) => typeof value === 'string' && MASTER.test(value),
      'expected local, local[*] or local[N]',
    )
    .meta({ title: '`local`, `local[*]` or `local[N]`' })
    .default('local'),
  load: z
    .strictObject({
      recordsPerSecond: z.number().min(0).max(1e8).default(10_000),
      recordBytes: z.int().min(0).max(16_777_216).default(100),
      receivers: whole.max(10_000).default(1),
      keys: whole.max(10_000_000).default(1_000),
      skew: z.number().min(0).max(5).default(0),
      burst: z
        .strictObject({ everyMs: whole, lengthMs: whole, factor: z.number().min(1) })
        .refine(({ everyMs, lengthMs }) => lengthMs < everyMs, 'lengthMs must be less than everyMs')
        .optional(),
      failEveryMs: whole.optional(),
      seed: z.int().default(1),
    })
    .prefault({}),
  receiver: z
    .custom<NonNullable<WorkloadConfig<never>['receiver']>>(
      isReceivers,
      'expected a receiver, or a list of receivers',
    )
    .meta({ title: 'receiver, or list of receivers' })
    .optional(),
  program: z
    .custom<NonNullable<WorkloadConfig['program']>>(isFunction, 'expected a function')
    .meta({ title: 'function' })
    .optional(),
  output: z
    .custom<NonNullable<WorkloadConfig['output']>>(isFunction, 'expected a function')
    .meta({ title: 'function' })
    .optional(),
  durationMs: whole.default(30_000),
  warmUpMs: z.int().min(0).default(5_000),
});

/** A run with every default filled in. */
export type ResolvedWorkload = Readonly<z.output<typeof workloadOptions>>;

/** Adds the type of a config: `export default defineConfig({ … })`. */
export function defineConfig<T = WorkloadRecord>(config: WorkloadConfig<T>): WorkloadConfig<T> {
  return config;
}

/**
 * Fills in the defaults.
 *
 * @throws `MR_CONFIG_INVALID_OPTION` with every wrong option.
 */
export function resolveConfig<T>(config: WorkloadConfig<T>): ResolvedWorkload {
  const { options } = validateOptions({
    owner: 'millrace-bench',
    schema: workloadOptions.refine(
      ({ receiver }) => receiver === undefined || Object.keys(config.load ?? {}).length === 0,
      {
        path: ['load'],
        message: 'a receiver of your own brings its own records: leave load and its flags out',
      },
    ),
    secrets: [],
    input: config,
  });
  return options;
}

/** One's own receivers under measurement; empty for a run with the load of the runner. */
export function ownReceivers({ receiver }: ResolvedWorkload): readonly ConfiguredReceiver<unknown>[] {
  if (receiver === undefined) return [];
  return Array.isArray(receiver) ? receiver : [receiver as ConfiguredReceiver<unknown>];
}
