// Records as comma-separated values (RFC 4180, with `\n` at the end of a line): one column for every named field. A
// missing value is empty between two delimiters; an empty text is `""`, so that the two differ.
import { valueKind } from '@millrace/core/engine';
import { type RecordFormat, UnsupportedRecord } from './record-format.ts';

/** The layout of a table. */
export interface CsvFormatOptions {
  /** The fields of a record, in order. */
  readonly columns: readonly string[];
  /** True when the first line contains the names of the columns. */
  readonly header: boolean;
  /** One character between values. */
  readonly delimiter: string;
}

/** Writes plain objects as lines of values. */
export function csvFormat({ columns, header, delimiter }: CsvFormatOptions): RecordFormat {
  const lineOf = (values: readonly string[]) => {
    const line = values.join(delimiter);
    // Readers skip empty lines, and a record must not be skipped.
    return line === '' ? '""\n' : `${line}\n`;
  };
  return {
    header: header ? lineOf(columns.map((column) => quoted(column, delimiter))) : '',
    line: (record) => {
      const fields = fieldsOf(record);
      return lineOf(columns.map((column) => valueOf(fields, { column, delimiter })));
    },
  };
}

function fieldsOf(record: unknown): Readonly<Record<string, unknown>> {
  const prototype: unknown =
    typeof record === 'object' && record !== null ? Object.getPrototypeOf(record) : undefined;
  if (prototype === Object.prototype || prototype === null)
    return record as Readonly<Record<string, unknown>>;
  throw new UnsupportedRecord(`expected a plain object, got ${valueKind(record)}`);
}

function valueOf(
  fields: Readonly<Record<string, unknown>>,
  { column, delimiter }: { readonly column: string; readonly delimiter: string },
): string {
  // Own fields only: every object inherits a `constructor`.
  const value = Object.hasOwn(fields, column) ? fields[column] : undefined;
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return textOf(value, { column, delimiter });
  // `String` converts -0 to 0.
  if (Object.is(value, -0)) return quoted('-0', delimiter);
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') {
    return quoted(String(value), delimiter);
  }
  if (value instanceof Date && !Number.isNaN(value.getTime())) return quoted(value.toISOString(), delimiter);
  throw new UnsupportedRecord(`${valueKind(value)} is not a value of a table`, column);
}

function textOf(value: string, { column, delimiter }: { column: string; delimiter: string }): string {
  if (!value.isWellFormed()) {
    throw new UnsupportedRecord('expected well-formed text, got a lone surrogate', column);
  }
  return value === '' ? '""' : quoted(value, delimiter);
}

function quoted(value: string, delimiter: string): string {
  // Quoted, a byte order mark does not begin a file; readers would remove an unquoted one.
  const isPlain = !/^\ufeff|["\r\n]/.test(value) && !value.includes(delimiter);
  return isPlain ? value : `"${value.replaceAll('"', '""')}"`;
}
