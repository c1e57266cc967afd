// Rows in the text format of COPY: values between tabs, rows between line ends, `\N` for NULL.
// https://www.postgresql.org/docs/current/sql-copy.html#id-1.9.3.55.9.2
import { fieldsOf, sentField, type SentValue } from './row-values.ts';
import type { SentColumn } from './sent-column.ts';

/** Most values have none of these characters, and a search costs less than a replacement without a match. */
const ESCAPED = /[\\\t\n\r]/;
const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };

/** The line of a row. */
export function lineOfValues(values: readonly SentValue[]): string {
  return `${values.map(copied).join('\t')}\n`;
}

/** The line of a record that is a row, without an array of values in between. @throws RefusedRow */
export function lineOfRow(row: unknown, columns: readonly SentColumn[]): string {
  const fields = fieldsOf(row);
  let line = '';
  let separator = '';
  for (const column of columns) {
    line += separator + copied(sentField(fields, column));
    separator = '\t';
  }
  return `${line}\n`;
}

function copied(value: SentValue): string {
  if (value === null) return '\\N';
  if (!ESCAPED.test(value)) return value;
  return value.replaceAll(/[\\\t\n\r]/g, (character) => ESCAPES[character] ?? character);
}
