// `millrace-wal verify DIR`: reads every entry of every log. Meant for scripts: the exit code is the result.
import { escapeControls } from '@millrace/core/engine';
import { type CommandContext, EXIT_CODES, type ExitCode } from './command-context.ts';
import { examineLog } from './examine-log.ts';
import { formatCount, counted, size } from './figures.ts';
import { findLogs, type FoundLogs } from './find-logs.ts';
import { segmentsAmong } from '../log-directory.ts';
import { type LogReport, sumOf, totalsOf } from './log-report.ts';
import { damageLine, problemLine, totalsLine } from './report-lines.ts';

/** The options of `verify`. */
export interface VerifyOptions {
  readonly directory: string;
  /** One JSON object instead of lines. */
  readonly json: boolean;
}

/**
 * Reads everything. The exit code: 0 without damage (a torn tail is not damage: recovery expects one); 1 for damage; 2
 * when a part could not be read and no damage was found.
 *
 * @throws `MR_WAL_LOG_NOT_FOUND`, any error of the storage for the directory, the signal's reason.
 */
export async function verify(context: CommandContext, options: VerifyOptions): Promise<ExitCode> {
  const found = await findLogs(context.storage, options.directory);
  const startMs = context.clock.monotonicMs();
  const logs = await readAll(context, found);
  const elapsedMs = context.clock.monotonicMs() - startMs;
  const totals = totalsOf(logs, found.problems);
  const rates = {
    elapsedMs,
    recordsPerSecond: perSecond(totals.records, elapsedMs),
    bytesPerSecond: perSecond(totals.sizeBytes, elapsedMs),
  };
  const exitCode = exitCodeOf(totals);
  if (options.json) {
    const verdict = Object.entries(EXIT_CODES).find(([, code]) => code === exitCode)?.[0];
    const result = {
      directory: options.directory,
      verdict,
      logs,
      problems: found.problems,
      totals,
      ...rates,
    };
    await context.write(`${JSON.stringify(result, undefined, 2)}\n`);
    return exitCode;
  }
  const lines = [
    ...logs.flatMap(linesOf),
    ...found.problems.map((problem) => problemLine(problem)),
    totalsLine(totals),
    `read in ${(elapsedMs / 1_000).toFixed(2)} s: ${formatCount(rates.recordsPerSecond)} records/s, ${size(rates.bytesPerSecond)}/s`,
  ];
  await context.write(`${lines.join('\n')}\n`);
  return exitCode;
}

async function readAll(context: CommandContext, { logs }: FoundLogs): Promise<readonly LogReport[]> {
  const sizes = await Promise.all(logs.map(({ directory }) => sizeOf(context, directory)));
  const progress = context.progress(sumOf(sizes, (sizeBytes) => sizeBytes));
  const reports: LogReport[] = [];
  try {
    let before = 0;
    for (const [index, log] of logs.entries()) {
      const onRead = (bytes: number) => progress.update(before + bytes);
      const { storage, signal } = context;
      reports.push(await examineLog(log, { storage, signal, onRead }));
      before += sizes[index] ?? 0;
    }
  } finally {
    progress.end();
  }
  return reports;
}

/** For the bar only: a folder that cannot be listed is reported when it is read. */
async function sizeOf({ storage }: CommandContext, directory: string): Promise<number> {
  try {
    return sumOf(segmentsAmong(await storage.list(directory)), ({ sizeBytes }) => sizeBytes);
  } catch {
    return 0;
  }
}

function linesOf(log: LogReport): readonly string[] {
  const { name, segments, damage, problem } = log;
  const records = sumOf(segments, (segment) => segment.records);
  const verdict = damage.length > 0 ? 'DAMAGED' : problem === undefined ? 'ok' : 'UNREADABLE';
  const lines = [
    `${verdict} ${escapeControls(name)}: ${counted(segments.length, 'segment')}, ${counted(records, 'record')}`,
  ];
  for (const { file, state, tornBytes } of segments) {
    if (state === 'torn')
      lines.push(
        `  torn tail of ${counted(tornBytes, 'byte')} in ${file}: the rest of a write or of a removed segment; the next start cuts the tail off`,
      );
    if (state === 'in progress') lines.push(`  ${file} is being written: later entries were not read`);
  }
  for (const place of damage) lines.push(`  ${damageLine(place)}`);
  if (problem !== undefined) lines.push(`  ${problem.code}: ${escapeControls(problem.message)}`);
  return lines;
}

function exitCodeOf(totals: { readonly damagedPlaces: number; readonly unreadable: number }): ExitCode {
  if (totals.damagedPlaces > 0) return EXIT_CODES.damage;
  return totals.unreadable > 0 ? EXIT_CODES.unreadable : EXIT_CODES.clean;
}

/** Work shorter than the clock's resolution counts as a millisecond, so that no rate is infinite. */
function perSecond(amount: number, elapsedMs: number): number {
  return (amount * 1_000) / Math.max(elapsedMs, 1);
}
