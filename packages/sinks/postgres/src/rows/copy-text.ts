// Rows in the text format of COPY: values between tabs, rows between line ends, `\N` for NULL.
// https://www.postgresql.org/docs/current/sql-copy.html#id-1.9.3.55.9.2
import type { SentValue } from './row-values.ts';

/** Characters of one text for the connection, about. */
const TEXT_CHARACTERS = 65_536;

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };

/** Rows as texts of many rows each. */
export function* copyTexts(rows: Iterable<readonly SentValue[]>): Generator<string> {
  let text = '';
  for (const row of rows) {
    text += `${row.map(copied).join('\t')}\n`;
    if (text.length < TEXT_CHARACTERS) continue;
    yield text;
    text = '';
  }
  if (text !== '') yield text;
}

function copied(value: SentValue): string {
  return value === null
    ? '\\N'
    : value.replaceAll(/[\\\t\n\r]/g, (character) => ESCAPES[character] ?? character);
}
