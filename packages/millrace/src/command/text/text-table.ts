// Tables for people: aligned columns as wide as there is room. A column that finds no room is left out, the least important
// first, and so is a column that says nothing; a flexible column takes the rest.
import { escapeControls } from '@millrace/core/engine';
import { displayWidth, padded } from './display-width.ts';
import { UNKNOWN } from './figures.ts';

/** A column of rows of `T`. */
export interface TextColumn<T> {
  readonly head: string;
  readonly cell: (row: T) => string;
  /** Default `right`. */
  readonly align?: 'left' | 'right';
  /** Columns with a higher rank are left out first; 0: never. */
  readonly rank: number;
  /** The least and the most columns of a flexible column; other columns are as wide as their widest cell. */
  readonly flexible?: readonly [least: number, most: number];
}

const GAP = 2;
/** Longer cells are cut first: measuring letters takes time. */
const CELL_MAX = 400;

/** The head and the rows, each line in at most `width` columns and without spaces at its end. */
export function textTable<T>(
  columns: readonly TextColumn<T>[],
  rows: readonly T[],
  width: number,
): readonly string[] {
  const measured = columns.flatMap((column) => {
    const cells = rows.map((row) => escapeControls(column.cell(row).slice(0, CELL_MAX).toWellFormed()));
    if (column.rank > 0 && cells.every((cell) => cell === '' || cell === UNKNOWN)) return [];
    const widest = cells.reduce(
      (most, cell) => Math.max(most, displayWidth(cell)),
      displayWidth(column.head),
    );
    const [least, most] = column.flexible ?? [widest, widest];
    return [{ ...column, cells, least: Math.min(least, widest), most: Math.min(most, widest) }];
  });
  const shown = fitting(measured, width);
  const room = width - sumOf(shown);
  let spare = Math.max(0, room);
  const widths = shown.map(({ least, most }) => {
    const more = Math.min(spare, most - least);
    spare -= more;
    return Math.min(least + more, width);
  });
  const lineOf = (cellOf: (column: (typeof shown)[number]) => string): string =>
    shown
      .map((column, index) => padded(cellOf(column), widths[index] ?? 0, column.align ?? 'right'))
      .join(' '.repeat(GAP))
      .trimEnd();
  return [lineOf(({ head }) => head), ...rows.map((_, row) => lineOf(({ cells }) => cells[row] ?? ''))];
}

/** The columns that have room together. */
function fitting<C extends { readonly least: number; readonly rank: number }>(
  columns: readonly C[],
  width: number,
): readonly C[] {
  let shown = columns;
  while (sumOf(shown) > width) {
    const last = shown.reduce((most, { rank }) => Math.max(most, rank), 0);
    if (last === 0) break;
    shown = shown.filter(({ rank }) => rank < last);
  }
  return shown;
}

function sumOf(columns: readonly { readonly least: number }[]): number {
  return columns.reduce((sum, { least }) => sum + least, GAP * Math.max(0, columns.length - 1));
}
