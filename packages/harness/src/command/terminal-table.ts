// Tables for a terminal: aligned columns without borders, as wide as the terminal admits. Figures are flush right.
import { escapeControls } from '@millrace/core/engine';
import Table from 'cli-table3';
import { isFigure } from '../report/format-number.ts';
import type { ReportTable } from '../run/report-text.ts';

const INDENT = 2;
const GAP = 2;
/** The narrowest column of a table that does not fit. */
const LEAST = 4;
const LETTERS = new Intl.Segmenter();

/** The lines of a table with its title; no line is longer than `width`, if the columns have room for their words. */
export function terminalTable({ title, head, rows }: ReportTable, width: number): readonly string[] {
  const cells = rows.map((row) => row.map(escapeControls));
  const columns = head.map((name, column) => [name, ...cells.map((row) => row[column] ?? '')]);
  const room = width - INDENT - GAP * (head.length - 1);
  const table = new Table({
    head: head.every((name) => name === '') ? [] : [...head],
    colWidths: fitted(columns.map(widest), room),
    colAligns: columns.map(([, ...below]) =>
      below.every((cell) => cell === '' || isFigure(cell)) ? 'right' : 'left',
    ),
    wordWrap: true,
    chars: NO_BORDERS,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  });
  for (const row of cells) table.push([...row]);
  const lines = table.toString().split('\n');
  return [title, ...lines.map((line) => `${' '.repeat(INDENT)}${line}`.trimEnd())];
}

const SIDES = ['top', 'bottom', 'mid', 'left', 'right'] as const;
const CORNERS = ['top-mid', 'top-left', 'top-right', 'bottom-mid', 'bottom-left', 'bottom-right'] as const;
const CROSSINGS = ['left-mid', 'mid-mid', 'right-mid'] as const;
const NO_BORDERS = {
  ...Object.fromEntries([...SIDES, ...CORNERS, ...CROSSINGS].map((part) => [part, ''])),
  middle: ' '.repeat(GAP),
};

/** The number of letters of the longest cell. */
function widest(cells: readonly string[]): number {
  return cells.reduce((most, cell) => Math.max(most, [...LETTERS.segment(cell)].length), 1);
}

/** Takes room from the widest column until all columns together fit. */
function fitted(widths: readonly number[], room: number): number[] {
  const left = [...widths];
  const sum = () => left.reduce((total, width) => total + width, 0);
  while (sum() > room) {
    const most = left.reduce((one, other) => Math.max(one, other));
    if (most <= LEAST) break;
    left[left.indexOf(most)] = most - 1;
  }
  return left;
}
