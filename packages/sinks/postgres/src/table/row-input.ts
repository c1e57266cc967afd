// Rows as parameters of a statement: one array of texts for each column, which the statement casts to the types of the table.
import { elementText } from '../rows/array-text.ts';
import type { RecordRow } from '../rows/record-rows.ts';
import type { SentColumn } from '../rows/sent-column.ts';

/** `unnest($1::text[], …)`, with a column `place` from 1, as a table `sent` with the columns c0, c1, …, and `removed` when asked. */
export function sentRows(columns: readonly SentColumn[], hasRemoved: boolean): string {
  const arrays = columns.map((_, index) => `$${index + 1}::text[]`);
  const names = columns.map((_, index) => `c${index}`);
  if (hasRemoved) {
    arrays.push(`$${columns.length + 1}::boolean[]`);
    names.push('removed');
  }
  return `unnest(${arrays.join(', ')}) WITH ORDINALITY AS sent(${[...names, 'place'].join(', ')})`;
}

/** `sent.c0::integer AS c0`, … */
export function typedColumns(columns: readonly SentColumn[]): string {
  return columns.map(({ type }, index) => `sent.c${index}::${type} AS c${index}`).join(', ');
}

/** The arrays for the columns, and the array of `removed` when asked, each as the text of an array: quicker than the library. */
export function sentValues(
  rows: readonly RecordRow[],
  columns: readonly SentColumn[],
  hasRemoved: boolean,
): readonly string[] {
  const arrays = columns.map((_, index) => {
    let text = '';
    for (const { values } of rows) text += `,${elementText(values[index] ?? null)}`;
    return `{${text.slice(1)}}`;
  });
  if (hasRemoved) arrays.push(`{${rows.map(({ isRemoved }) => isRemoved).join(',')}}`);
  return arrays;
}
