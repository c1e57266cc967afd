// Carries out the command: runs or compares, prints, writes files. Independent of the process, so that a test can run
// the command.
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { type DashboardListening, LISTENING_CHANNEL } from '@millrace/dashboard';
import { markdownTable } from '../report/index.ts';
import { emptiness } from '../run/emptiness.ts';
import { reportPage } from '../run/report-page.ts';
import { reportTables } from '../run/report-text.ts';
import { runWorkload } from '../run/run-workload.ts';
import type { WorkloadProgress } from '../run/workload-run.ts';
import type { WorkloadReport } from '../run/workload-report.ts';
import type { AskedComparison, AskedRun } from './command-line.ts';
import { loadConfig } from './load-config.ts';
import { checkOutputFiles } from './output-files.ts';
import { BenchMistake } from './bench-mistake.ts';
import { terminalTable } from './terminal-table.ts';

/** Exit codes of the process. */
export const EXIT_CODES = { done: 0, lost: 1, failed: 2, interrupted: 130 } as const;

/** The world of a command. */
export interface CommandWorld {
  readonly signal: AbortSignal;
  /** The width of the terminal with the results, in columns; absent: no terminal, so the results are Markdown. */
  readonly width?: number | undefined;
  /** Takes a line of the results. */
  readonly write: (line: string) => void;
  /** Takes a line that is no result. */
  readonly tell: (line: string) => void;
  readonly onProgress: (progress: WorkloadProgress) => void;
}

/**
 * Carries out the command. @returns the exit code.
 *
 * @throws `BenchMistake` for wrong paths, before the run, and for a run without figures; errors of reading and writing files,
 * of loading the config, and of the run.
 */
export async function runCommand(asked: AskedRun | AskedComparison, world: CommandWorld): Promise<number> {
  if (asked.kind === 'compare') return compare(asked, world);
  checkOutputFiles({ '--json': asked.json, '--html': asked.html, '--md': asked.md });
  const before = asked.compare === undefined ? undefined : readReport(asked.compare);
  const config = await loadConfig(asked);
  const onDashboard = (message: unknown): void =>
    world.tell(`dashboard: ${(message as DashboardListening).url}`);
  subscribe(LISTENING_CHANNEL, onDashboard);
  const report = await runWorkload(config, { signal: world.signal, onProgress: world.onProgress }).finally(
    () => unsubscribe(LISTENING_CHANNEL, onDashboard),
  );
  const empty = emptiness(report);
  if (empty !== undefined && !report.wasInterrupted) throw new BenchMistake(`Nothing was measured: ${empty}`);
  print(report, before, world);
  if (asked.json !== undefined) writeFileSync(asked.json, `${JSON.stringify(report, undefined, 2)}\n`);
  if (asked.html !== undefined) writeFileSync(asked.html, reportPage(report, before));
  if (asked.md !== undefined) writeFileSync(asked.md, markdown(report, before));
  if (report.wasInterrupted) return EXIT_CODES.interrupted;
  return report.records.lost === 0 ? EXIT_CODES.done : EXIT_CODES.lost;
}

function compare(asked: AskedComparison, world: CommandWorld): number {
  checkOutputFiles({ '--html': asked.html, '--md': asked.md });
  const [before, now] = [readReport(asked.before), readReport(asked.now)];
  print(now, before, world);
  if (asked.html !== undefined) writeFileSync(asked.html, reportPage(now, before));
  if (asked.md !== undefined) writeFileSync(asked.md, markdown(now, before));
  return EXIT_CODES.done;
}

function print(
  report: WorkloadReport,
  before: WorkloadReport | undefined,
  { write, width }: CommandWorld,
): void {
  if (width === undefined) {
    write(`\n${markdown(report, before).trimEnd()}`);
  } else {
    for (const table of reportTables(report, before)) {
      write('');
      for (const line of terminalTable(table, width)) write(line);
    }
  }
  if (report.records.lost > 0) write(`\n${report.records.lost} records were lost`);
}

function markdown(report: WorkloadReport, before: WorkloadReport | undefined): string {
  const sections = reportTables(report, before).map(({ title, head, rows }) =>
    [`## ${title}\n`, ...markdownTable(head, rows), ''].join('\n'),
  );
  return sections.join('\n');
}

function readReport(path: string): WorkloadReport {
  const report = parsed(path);
  if (report?.format !== 1) throw new BenchMistake(`${path} is not a report of millrace-bench`);
  return report as WorkloadReport;
}

function parsed(path: string): Partial<WorkloadReport> | undefined {
  if (!existsSync(path)) throw new BenchMistake(`the report ${path} does not exist`);
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Partial<WorkloadReport>;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
