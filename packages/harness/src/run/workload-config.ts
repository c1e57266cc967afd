// The config of a run: engine, load and duration. A config file is a module whose default export is made by
// `defineConfig`; the flags of the command set the same options.
import type { Plugin } from '@millrace/core';
import { validateOptions } from '@millrace/core/engine';
import type { DStream, StandaloneContextOptions } from '@millrace/engine';
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

/** A run. */
export interface WorkloadConfig {
  /** Names the run in reports. Default `millrace`. */
  readonly name?: string;
  /** The time between batches, in milliseconds. Default 1,000. */
  readonly batchIntervalMs?: number;
  /** Plugins of the engine. Default none: everything in memory. The flag adds a write-ahead log. */
  readonly plugins?: readonly Plugin[];
  /** Options of the engine, as for `new StreamingContext`. Default none. */
  readonly engine?: WorkloadEngine;
  /** The load on the engine. */
  readonly load?: WorkloadLoad;
  /**
   * The program under load. Its result travels to the driver batch by batch, so the result should be small: an
   * aggregation. Default: counts by key.
   */
  readonly program?: (records: DStream<WorkloadRecord>) => DStream<unknown>;
  /** Receives the results of each batch. Default: none. */
  readonly output?: (results: readonly unknown[], batchTime: number) => void | Promise<void>;
  /** The length of the measurement, in milliseconds. Default 30,000. */
  readonly durationMs?: number;
  /** The length of the load before the measurement, in milliseconds. Default 5,000. */
  readonly warmUpMs?: number;
}

const whole = z.int().min(1);
const isFunction = (value: unknown) => typeof value === 'function';

/** The options of a run. */
export const workloadOptions = z.strictObject({
  name: z.string().min(1).default('millrace'),
  batchIntervalMs: whole.default(1_000),
  plugins: z
    .array(
      z.custom<Plugin>((value) => typeof value === 'object' && value !== null).meta({ title: 'plugins' }),
    )
    .default([]),
  engine: z
    .custom<WorkloadEngine>((value) => typeof value === 'object' && value !== null)
    .meta({ title: 'object' })
    .default({}),
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
export function defineConfig(config: WorkloadConfig): WorkloadConfig {
  return config;
}

/**
 * Fills in the defaults.
 *
 * @throws `MR_CONFIG_INVALID_OPTION` with every wrong option.
 */
export function resolveConfig(config: WorkloadConfig): ResolvedWorkload {
  const { options } = validateOptions({
    owner: 'millrace-bench',
    schema: workloadOptions,
    secrets: [],
    input: config,
  });
  return options;
}
