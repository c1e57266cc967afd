// The screen of `top` as lines: pure, so that a test sees each size. The verdict has the first lines, the keys have the last
// one; inputs, outputs and batches share the rest.
import type { VerdictLevel } from '@millrace/observe';
import { escapeControls } from '@millrace/core/engine';
import { clusterLines } from '../observed/cluster-lines.ts';
import { BATCH_COLUMNS, INPUT_COLUMNS, OUTPUT_COLUMNS } from '../observed/engine-tables.ts';
import type { EngineView } from '../observed/engine-view.ts';
import type { Connection, EngineMoment } from '../observed/follow-dashboard.ts';
import { findingText } from '../observed/level-words.ts';
import { displayWidth, fit, wrapped } from '../text/display-width.ts';
import { count, counted, duration, timeOfDay } from '../text/figures.ts';
import { type TextColumn, textTable } from '../text/text-table.ts';
import { chosenView, type TopChoices } from './top-choices.ts';

/** The meaning of a line, for its colour. */
export type Tone = VerdictLevel | 'head' | 'plain' | 'quiet';

/** A line of the screen. */
export interface ScreenLine {
  readonly text: string;
  readonly tone: Tone;
}

/** The size of a screen. */
export interface ScreenSize {
  readonly columns: number;
  readonly rows: number;
}

const VERDICT_LINES_MAX = 3;
const OTHERS_MAX = 2;
/** The parts of the rows that inputs and outputs may take, and the rows that each may take in any case. */
const INPUTS = { part: 0.4, least: 3 };
const OUTPUTS = { part: 0.25, least: 2 };
/** Below this number of rows, sections have no empty line between them. */
const ROOMY_ROWS = 20;

/** The lines of the screen: at most `rows` of at most `columns`. */
export function screenLines(
  moment: EngineMoment,
  choices: TopChoices,
  size: ScreenSize,
): readonly ScreenLine[] {
  const { columns, rows } = size;
  const { view, connection } = moment;
  const chosen = chosenView(view, choices);
  const head = headLines(view, connection, columns);
  const room = rows - head.length - 1;
  const body = sections(view, chosen, { columns, rows: room }, rows >= ROOMY_ROWS);
  const lines = [...head, ...body].slice(0, rows - 1);
  while (lines.length < rows - 1) lines.push(plain(''));
  lines.push({ text: footer(choices, columns), tone: 'quiet' });
  return lines.map(({ text, tone }) => ({ text: fit(escapeControls(text), columns), tone }));
}

function headLines({ summary }: EngineView, connection: Connection, columns: number): readonly ScreenLine[] {
  const { verdict, application, state, timeMs, startedMs, batchIntervalMs } = summary;
  const up = startedMs === undefined ? '' : `  up ${duration(timeMs - startedMs)}`;
  const right = `${timeOfDay(Math.floor(timeMs / 1_000) * 1_000)} UTC  ${connection.kind}`;
  const life = `  ${state}${up}  every ${duration(batchIntervalMs)}`;
  const name = fit(escapeControls(application), Math.max(8, columns - displayWidth(life + right) - 2));
  const words = wrapped(escapeControls(findingText(verdict)), columns);
  const shown = words.slice(0, VERDICT_LINES_MAX);
  if (words.length > shown.length)
    shown.push(fit(`${shown.pop() ?? ''} ${words[VERDICT_LINES_MAX] ?? ''}`, columns));
  const hidden = verdict.others.length - OTHERS_MAX;
  return [
    { text: sides(name + life, right, columns), tone: 'head' },
    ...shown.map((text) => ({ text, tone: verdict.level })),
    ...verdict.others.slice(0, OTHERS_MAX).map((finding, index) => ({
      text: `also ${index === OTHERS_MAX - 1 && hidden > 0 ? `(and ${hidden} more) ` : ''}${findingText(finding)}`,
      tone: finding.level,
    })),
    ...(connection.reason === undefined
      ? []
      : [{ text: `${connection.kind}: ${connection.reason}`, tone: 'warning' as const }]),
    plain(figures(summary, columns)),
    ...clusterLines(summary).map(plain),
  ];
}

/** The figures of the whole engine, as many as have room. */
function figures({ delays, batches, totals, driver }: EngineView['summary'], columns: number): string {
  const all = [
    counted(batches.queued, 'batch queued', 'batches queued'),
    `processing ${duration(delays.processing.p50)}`,
    `p95 ${duration(delays.processing.p95)}`,
    `total delay p95 ${duration(delays.total.p95)}`,
    counted(totals.records, 'record'),
    ...(totals.failedBatches === 0 ? [] : [counted(totals.failedBatches, 'failed batch', 'failed batches')]),
    ...(totals.deadLetters === 0 ? [] : [counted(totals.deadLetters, 'dead letter')]),
    ...(driver.cores === undefined ? [] : [`${driver.cores.toFixed(2)} cores`]),
  ];
  let line = '';
  for (const figure of all) {
    const longer = line === '' ? figure : `${line}, ${figure}`;
    if (longer.length > columns) break;
    line = longer;
  }
  return line;
}

function sections(
  whole: EngineView,
  { summary, inputs, batches }: EngineView,
  { columns, rows }: ScreenSize,
  isRoomy: boolean,
): readonly ScreenLine[] {
  const gap = isRoomy ? 1 : 0;
  const heads = (inputs.length > 0 ? 1 + gap : 0) + (summary.outputs.length > 0 ? 1 + gap : 0) + 1 + gap;
  const room = Math.max(0, rows - heads);
  const ofInputs = Math.min(inputs.length, share(room, INPUTS));
  const ofOutputs = Math.min(summary.outputs.length, share(room - ofInputs, OUTPUTS));
  const ofBatches = Math.min(batches.length, Math.max(0, room - ofInputs - ofOutputs));
  // Few batches leave rows for inputs.
  const spare = Math.max(0, room - ofInputs - ofOutputs - ofBatches);
  const section = <T>(table: readonly TextColumn<T>[], of: readonly T[], shown: number, total: number) =>
    of.length === 0 ? [] : tableLines(titled(table, shown, total), of.slice(0, shown), columns, gap);
  return [
    ...section(INPUT_COLUMNS, inputs, Math.min(inputs.length, ofInputs + spare), whole.inputs.length),
    ...section(OUTPUT_COLUMNS, summary.outputs, ofOutputs, whole.summary.outputs.length),
    ...section(BATCH_COLUMNS, batches, ofBatches, 0),
  ];
}

function share(room: number, { part, least }: { readonly part: number; readonly least: number }): number {
  return Math.min(Math.max(0, room), Math.max(least, Math.floor(room * part)));
}

/** The first head tells how many rows are left out. */
function titled<T>(
  columns: readonly TextColumn<T>[],
  shown: number,
  total: number,
): readonly TextColumn<T>[] {
  return columns.map((column, index) =>
    index === 0 && shown < total
      ? { ...column, head: `${column.head} (${shown} of ${count(total)})` }
      : column,
  );
}

function tableLines<T>(
  table: readonly TextColumn<T>[],
  rows: readonly T[],
  columns: number,
  gap: number,
): readonly ScreenLine[] {
  const [head = '', ...lines] = textTable(table, rows, columns);
  return [
    ...(gap === 0 ? [] : [plain('')]),
    { text: head, tone: 'head' },
    ...lines.map((text, index) => ({ text, tone: toneOf(rows[index]) })),
  ];
}

/** The rows that need attention, whatever they are of. */
function toneOf(row: unknown): Tone {
  const { state, failedOutput } = row as { readonly state?: string; readonly failedOutput?: unknown };
  if (failedOutput !== undefined || state === 'failed' || state === 'held') return 'failed';
  return state === 'restarting' || state === 'skipped' ? 'behind' : 'plain';
}

function footer({ order, filter, search, isTyping }: TopChoices, columns: number): string {
  if (isTyping) return `/${search}_  (Enter: done, Esc: all)`;
  const searched = search === '' ? '/ search' : `/ "${search}" (Esc: all)`;
  const long = `q quit   s inputs by ${order}   f batches: ${filter}   ${searched}`;
  return displayWidth(long) <= columns ? long : `q quit  s ${order}  f ${filter}  ${searched}`;
}

function sides(left: string, right: string, columns: number): string {
  const space = columns - displayWidth(left) - displayWidth(right);
  return space < 2 ? fit(left, columns) : left + ' '.repeat(space) + right;
}

function plain(text: string): ScreenLine {
  return { text, tone: 'plain' };
}
