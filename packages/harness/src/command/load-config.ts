// Loads the config of a run: the config file, if any, overridden by the flags.
import { existsSync } from 'node:fs';
import { dashboard } from '@millrace/dashboard';
import { fileWriteAheadLog } from '@millrace/wal';
import type { WorkloadConfig } from '../run/workload-config.ts';
import { type AskedRun, DEFAULT_CONFIGS } from './command-line.ts';
import { BenchMistake } from './bench-mistake.ts';
import { importDefault } from './import-default.ts';

/**
 * Loads and merges.
 *
 * @throws `BenchMistake` when the file does not exist or exports no config; errors of loading the module.
 */
export async function loadConfig(asked: AskedRun): Promise<WorkloadConfig> {
  const path = asked.config ?? DEFAULT_CONFIGS.find((name) => existsSync(name));
  const fromFile = path === undefined ? {} : await importConfig(path);
  const { name, batchIntervalMs, durationMs, warmUpMs, master, wal, dashboard: port } = asked;
  const plugins = [
    ...(fromFile.plugins ?? []),
    ...(wal === undefined ? [] : [fileWriteAheadLog({ directory: wal })]),
    ...(port === undefined ? [] : [dashboard({ port })]),
  ];
  return {
    ...fromFile,
    ...(name === undefined ? {} : { name }),
    ...(batchIntervalMs === undefined ? {} : { batchIntervalMs }),
    ...(durationMs === undefined ? {} : { durationMs }),
    ...(warmUpMs === undefined ? {} : { warmUpMs }),
    ...(master === undefined ? {} : { master }),
    load: { ...fromFile.load, ...asked.load },
    plugins,
  };
}

async function importConfig(path: string): Promise<WorkloadConfig> {
  if (!existsSync(path)) throw new BenchMistake(`the config file ${path} does not exist`);
  const config = await importDefault(path);
  if (typeof config !== 'object' || config === null) {
    throw new BenchMistake(
      `${path} must have a config as its default export: export default defineConfig({ … })`,
    );
  }
  return config;
}
