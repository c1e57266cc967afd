// Adds a run to `conformance.json` of its package. Test files of one package run at once in several processes, so the
// file is read, changed and replaced under a lock.
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { isMillraceError, NodeStorage } from '@millrace/core';
import type { ConformanceKit, ConformanceRun } from '../kit/conformance-kit.ts';
import type { CheckResult } from '../kit/run-check.ts';
import { type ConformanceReport, type ConformanceRunReport, withRun } from './conformance-report.ts';
import { packageAround } from './package-around.ts';
import { digestOfFolder } from './source-digest.ts';
import { readTextFile, writeTextFile } from './whole-text-files.ts';

/** The file's name. */
export const REPORT_FILE = 'conformance.json';

const LOCK_TRIES_MAX = 200;
const LOCK_WAIT_MS = 25;

/** The run to write, and the package to write to. */
export interface ReportWriting {
  readonly kit: Pick<ConformanceKit<never, never>, 'port' | 'version' | 'spec' | 'notCheckable'>;
  readonly name: string;
  readonly results: readonly CheckResult[];
  /** See `ConformanceRun.module`. */
  readonly module: ConformanceRun['module'];
}

/** Writes a run into the report of its package. @throws storage errors, and an error when no package is found. */
export async function writeReport(writing: ReportWriting): Promise<void> {
  const { folder, manifest } = await packageAround(writing.module);
  const file = join(folder, REPORT_FILE);
  await underLock(`${file}.lock`, async () => {
    const text = await readTextFile(file);
    const earlier = text === undefined ? { runs: [] } : (JSON.parse(text) as ConformanceReport);
    const sources = await digestOfFolder(folder);
    const run = { ...runReportOf(writing), ...(sources !== undefined && { sources }) };
    const report = withRun({ ...manifest, runs: earlier.runs }, run);
    await writeTextFile(file, `${JSON.stringify(report, undefined, 2)}\n`);
  });
}

/** The results of a run in the format of a report. */
export function runReportOf({ kit, name, results }: ReportWriting): ConformanceRunReport {
  return {
    port: kit.port,
    name,
    kitVersion: kit.version,
    spec: kit.spec,
    checks: results.map(({ failure: _failure, ...check }) => check),
    notCheckable: kit.notCheckable,
  };
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
