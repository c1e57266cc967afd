// `millrace-wal inspect DIR`: the content of every log below a directory, segment by segment.
import { escapeControls } from '@millrace/core/engine';
import Table from 'cli-table3';
import { type CommandContext, EXIT_CODES, type ExitCode, type LogProblem } from './command-context.ts';
import { examineLog } from './examine-log.ts';
import { formatCount, counted, size, time } from './figures.ts';
import { findLogs } from './find-logs.ts';
import { damageLine, problemLine, totalsLine } from './report-lines.ts';
import { type LogReport, type SegmentReport, sumOf, totalsOf } from './log-report.ts';

/** The options of `inspect`. */
export interface InspectOptions {
  readonly directory: string;
  /** One JSON object instead of tables. */
  readonly json: boolean;
}

const HEAD = ['segment', 'size', 'created', 'format', 'records', 'oldest', 'newest', 'state'];
const ALIGNS = ['right', 'right', 'left', 'right', 'right', 'left', 'left', 'left'] as const;

/** Without a terminal, only spaces separate columns. */
const NO_BORDERS = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
};

/**
 * Prints every log with its segments. Damage is shown and does not change the exit code: 0, or 2 after a failure to
 * read.
 *
 * @throws `MR_WAL_LOG_NOT_FOUND`, any error of the storage for the directory, the signal's reason.
 */
export async function inspect(context: CommandContext, options: InspectOptions): Promise<ExitCode> {
  const { logs: found, problems } = await findLogs(context.storage, options.directory);
  const logs: LogReport[] = [];
  for (const log of found) {
    const report = await examineLog(log, context);
    logs.push(report);
    if (!options.json) await context.write(logText(report, context.isTerminal));
  }
  const totals = totalsOf(logs, problems);
  await context.write(
    options.json
      ? `${JSON.stringify({ directory: options.directory, logs, problems, totals }, undefined, 2)}\n`
      : `${problemLines(problems)}${totalsLine(totals)}\n`,
  );
  return totals.unreadable > 0 ? EXIT_CODES.unreadable : EXIT_CODES.clean;
}

function logText(log: LogReport, isTerminal: boolean): string {
  const { name, segments, damage, problem } = log;
  const records = counted(
    sumOf(segments, (segment) => segment.records),
    'record',
  );
  const bytes = size(sumOf(segments, ({ sizeBytes }) => sizeBytes));
  const kind =
    log.layout === undefined ? '' : ` (${log.layout}${log.isSynced === true ? '' : ', not synced'})`;
  const lines = [
    `${escapeControls(name)}${kind}: ${counted(segments.length, 'segment')}, ${records}, ${bytes}`,
  ];
  if (segments.length > 0) lines.push(segmentTable(segments, isTerminal));
  for (const place of damage) lines.push(damageLine(place));
  if (problem !== undefined) lines.push(problemLine(problem, name));
  return `${lines.join('\n')}\n\n`;
}

function segmentTable(segments: readonly SegmentReport[], isTerminal: boolean): string {
  const table = new Table({
    head: [...HEAD],
    colAligns: [...ALIGNS],
    style: {
      head: [],
      border: [],
      compact: true,
      ...(isTerminal ? {} : { 'padding-left': 0, 'padding-right': 0 }),
    },
    ...(isTerminal ? {} : { chars: NO_BORDERS }),
  });
  for (const segment of segments) table.push(cells(segment));
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

function cells(segment: SegmentReport): string[] {
  const { number, sizeBytes, createdMs, formatVersion, records, oldestMs, newestMs, state, tornBytes } =
    segment;
  return [
    String(number),
    size(sizeBytes),
    time(createdMs),
    formatVersion === undefined ? '-' : String(formatVersion),
    formatCount(records),
    time(oldestMs),
    time(newestMs),
    state === 'torn' ? `torn tail, ${counted(tornBytes, 'byte')}` : state,
  ];
}

function problemLines(problems: readonly LogProblem[]): string {
  return problems.map((problem) => `${problemLine(problem)}\n`).join('');
}
