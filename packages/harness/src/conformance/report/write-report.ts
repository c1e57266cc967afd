// Puts a run into `conformance.json` of its package. Test files of one package run at once in several processes, so the
// file is read, changed and replaced under a lock.
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { isMillraceError, NodeStorage } from '@millrace/core';
import type { ConformanceKit, ConformanceRun } from '../kit/conformance-kit.ts';
import type { CheckResult } from '../kit/run-check.ts';
import { type ConformanceReport, type ConformanceRunReport, withRun } from './conformance-report.ts';
import { readTextFile, writeTextFile } from './text-files.ts';

/** The file's name. */
export const REPORT_FILE = 'conformance.json';

const LOCK_TRIES_MAX = 200;
const LOCK_WAIT_MS = 25;

/** What to write, and where to. */
export interface ReportWriting {
  readonly kit: Pick<ConformanceKit<never, never>, 'port' | 'version' | 'spec' | 'notCheckable'>;
  readonly name: string;
  readonly results: readonly CheckResult[];
  /** See `ConformanceRun.module`. */
  readonly module: ConformanceRun['module'];
}

/** Writes a run into the report of its package. @throws storage errors, and when there is no package around. */
export async function writeReport({ kit, name, results, module }: ReportWriting): Promise<void> {
  const { folder, manifest } = await packageAround(folderOf(module));
  const file = join(folder, REPORT_FILE);
  const run: ConformanceRunReport = {
    port: kit.port,
    name,
    kitVersion: kit.version,
    spec: kit.spec,
    checks: results.map(({ failure: _failure, ...check }) => check),
    notCheckable: kit.notCheckable,
  };
  await underLock(`${file}.lock`, async () => {
    const text = await readTextFile(file);
    const earlier = text === undefined ? { runs: [] } : (JSON.parse(text) as ConformanceReport);
    const report = withRun({ ...manifest, runs: earlier.runs }, run);
    await writeTextFile(file, `${JSON.stringify(report, undefined, 2)}\n`);
  });
}

function folderOf(module: ConformanceRun['module']): string {
  return module === undefined ? process.cwd() : dirname(fileURLToPath(module));
}

async function packageAround(
  start: string,
): Promise<{ readonly folder: string; readonly manifest: { package: string; version: string } }> {
  for (let folder = start; ; folder = dirname(folder)) {
    const text = await readTextFile(join(folder, 'package.json'));
    if (text !== undefined) {
      const { name, version } = JSON.parse(text) as { name: string; version: string };
      return { folder, manifest: { package: name, version } };
    }
    if (folder === dirname(folder)) throw new Error(`there is no package.json in ${start} or above it`);
  }
}

async function underLock(path: string, work: () => Promise<void>): Promise<void> {
  const unlock = await lockOf(path);
  try {
    await work();
  } finally {
    await unlock();
  }
}

async function lockOf(path: string): Promise<() => Promise<void>> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await new NodeStorage().lock(path);
    } catch (error) {
      if (tries === LOCK_TRIES_MAX || !isMillraceError(error, 'MR_STORAGE_LOCKED')) throw error;
      await setTimeout(LOCK_WAIT_MS);
    }
  }
}
