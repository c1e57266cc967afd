// Loads the config of a run: the config file, if any, overridden by the flags.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { fileWriteAheadLog } from '@millrace/wal';
import type { WorkloadConfig } from '../run/workload-config.ts';
import { type AskedRun, DEFAULT_CONFIG } from './command-line.ts';
import { BenchMistake } from './bench-mistake.ts';

/**
 * Loads and merges.
 *
 * @throws `BenchMistake` when the file does not exist or exports no config; errors of loading the module.
 */
export async function loadConfig(asked: AskedRun): Promise<WorkloadConfig> {
  const path = asked.config ?? (existsSync(DEFAULT_CONFIG) ? DEFAULT_CONFIG : undefined);
  const fromFile = path === undefined ? {} : await importConfig(path);
  const { name, batchIntervalMs, durationMs, warmUpMs, wal } = asked;
  const plugins = [
    ...(fromFile.plugins ?? []),
    ...(wal === undefined ? [] : [fileWriteAheadLog({ directory: wal })]),
  ];
  return {
    ...fromFile,
    ...(name === undefined ? {} : { name }),
    ...(batchIntervalMs === undefined ? {} : { batchIntervalMs }),
    ...(durationMs === undefined ? {} : { durationMs }),
    ...(warmUpMs === undefined ? {} : { warmUpMs }),
    load: { ...fromFile.load, ...asked.load },
    plugins,
  };
}

async function importConfig(path: string): Promise<WorkloadConfig> {
  if (!existsSync(path)) throw new BenchMistake(`the config file ${path} does not exist`);
  const module = (await import(pathToFileURL(resolve(path)).href)) as { readonly default?: unknown };
  if (typeof module.default !== 'object' || module.default === null) {
    throw new BenchMistake(
      `${path} must have a config as its default export: export default defineConfig({ … })`,
    );
  }
  return module.default;
}
