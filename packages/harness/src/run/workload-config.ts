// What a run is told: the engine, the load, and how long. A config file is a module whose default export is made by
// `defineConfig`; the flags of the command say the same things.
import type { Plugin } from '@millrace/core';
import { validateOptions } from '@millrace/core/engine';
import type { DStream, StandaloneContextOptions } from '@millrace/engine';
import { z } from 'zod';

/** A record as the load brings it. */
export interface WorkloadRecord {
  /** `key-0`, `key-1`, …; the first ones come most often when the load is skewed. */
  readonly key: string;
  /** `recordBytes` characters. */
  readonly payload: string;
  /** Which receiver brought it, and its number there; both from 0. */
  readonly receiver: number;
  readonly index: number;
  /** When it was meant to be sent and when it was stored, in wall milliseconds with a fraction. */
  readonly intendedMs: number;
  readonly storedMs: number;
}

/** The load, over all receivers together. */
export interface WorkloadLoad {
  /** Default 10,000. */
  readonly recordsPerSecond?: number;
  /** Characters of the payload of each record. Default 100. */
  readonly recordBytes?: number;
  /** Default 1. */
  readonly receivers?: number;
  /** How many different keys there are. Default 1,000. */
  readonly keys?: number;
  /** 0: all keys come as often as each other. 1: as words of a language do. Default 0. */
  readonly skew?: number;
  /** Every `everyMs` the rate is `factor` times as high for `lengthMs`. */
  readonly burst?: { readonly everyMs: number; readonly lengthMs: number; readonly factor: number };
  /** Each receiver fails so often, in milliseconds, and is started again. Default never. */
  readonly failEveryMs?: number;
  /** Of keys. The same seed draws the same keys. Default 1. */
  readonly seed?: number;
}

/** What the engine is made of and set to, as for `new StreamingContext`. */
export type WorkloadEngine = Omit<
  StandaloneContextOptions,
  'appName' | 'batchIntervalMs' | 'plugins' | 'master'
>;

/** A run. */
export interface WorkloadConfig {
  /** Names the run in reports. Default `millrace`. */
  readonly name?: string;
  /** Default 1,000. */
  readonly batchIntervalMs?: number;
  /** Plugins of the engine. Default none: everything in memory. */
  readonly plugins?: readonly Plugin[];
  readonly engine?: WorkloadEngine;
  readonly load?: WorkloadLoad;
  /**
   * What is done with the records. Its result comes to the driver, batch by batch, so let it end in something small: an
   * aggregation. Default: counts by key.
   */
  readonly program?: (records: DStream<WorkloadRecord>) => DStream<unknown>;
  /** Where the results of a batch go. Default: nowhere. */
  readonly output?: (results: readonly unknown[], batchTime: number) => void | Promise<void>;
  /** How long is measured, in milliseconds. Default 30,000. */
  readonly durationMs?: number;
  /** How long the load runs before that. Default 5,000. */
  readonly warmUpMs?: number;
}

const whole = z.int().min(1);
const isFunction = (value: unknown) => typeof value === 'function';

const schema = z.strictObject({
  name: z.string().min(1).default('millrace'),
  batchIntervalMs: whole.default(1_000),
  plugins: z.array(z.custom<Plugin>((value) => typeof value === 'object' && value !== null)).default([]),
  engine: z.custom<WorkloadEngine>((value) => typeof value === 'object' && value !== null).default({}),
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
  program: z.custom<NonNullable<WorkloadConfig['program']>>(isFunction, 'expected a function').optional(),
  output: z.custom<NonNullable<WorkloadConfig['output']>>(isFunction, 'expected a function').optional(),
  durationMs: whole.default(30_000),
  warmUpMs: z.int().min(0).default(5_000),
});

/** A run with every default filled in. */
export type ResolvedWorkload = Readonly<z.output<typeof schema>>;

/** Gives a config its type: `export default defineConfig({ … })`. */
export function defineConfig(config: WorkloadConfig): WorkloadConfig {
  return config;
}

/**
 * Fills in the defaults.
 *
 * @throws `MR_CONFIG_INVALID_OPTION` with every wrong option.
 */
export function resolveConfig(config: WorkloadConfig): ResolvedWorkload {
  const { options } = validateOptions({ owner: 'millrace-bench', schema, secrets: [], input: config });
  return options;
}
