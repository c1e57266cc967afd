// Converts a record to the values of a row. A value that DuckDB would store changed without an error is refused here; a text
// that does not fit the type is refused by DuckDB.
import { valueKind } from '@millrace/core/engine';
import { fractionDigits } from './decimal-text.ts';
import type { DuckdbTypedColumn } from './duckdb-typed-column.ts';
import { lostOfTime } from './time-text.ts';

/**
 * The value of a column. `null` and `undefined` become NULL. Columns of type `JSON`, lists, structs and maps accept any value
 * with a form in JSON.
 */
export type DuckdbValue = string | number | bigint | boolean | Date | Uint8Array | object | null | undefined;

/** A row, by the names of its columns; fields without a column are omitted. */
export type DuckdbRow = Readonly<Record<string, DuckdbValue>>;

/** A value for the temporary table; null is NULL. */
export type StagedValue = boolean | number | bigint | string | Uint8Array | null;

/** The reason for refusing a record; becomes the reason in `MR_SINK_UNSUPPORTED_RECORD`. */
export class UnfitRow extends TypeError {
  /** The column of the refused value, if known. */
  readonly column: string | undefined;

  constructor(reason: string, column?: string) {
    super(reason);
    this.column = column;
  }
}

/** The values of a row in the order of the columns. @throws UnfitRow */
export function rowValues(row: unknown, columns: readonly DuckdbTypedColumn[]): StagedValue[] {
  const prototype: unknown = typeof row === 'object' && row !== null ? Object.getPrototypeOf(row) : undefined;
  if (prototype !== Object.prototype && prototype !== null) {
    const message = `expected a plain object, got ${valueKind(row)}; give duckdbSink a function that makes one`;
    throw new UnfitRow(message);
  }
  const fields = row as Readonly<Record<string, unknown>>;
  return columns.map((column) => {
    // Own fields only: every object inherits a `constructor`.
    const value = Object.hasOwn(fields, column.name) ? stagedValue(fields[column.name], column) : null;
    if (column.isKey && value === null)
      throw new UnfitRow('got no value for a column of the key', column.name);
    return value;
  });
}

function stagedValue(value: unknown, column: DuckdbTypedColumn): StagedValue {
  if (value === null || value === undefined) return null;
  switch (column.kind) {
    case 'boolean':
      if (typeof value === 'boolean') return value;
      throw misfit(value, column);
    case 'integer':
      return stagedInteger(value, column);
    case 'float':
      return stagedFloat(value, column);
    case 'decimal':
      return stagedDecimal(value, column);
    case 'bytes':
      if (value instanceof Uint8Array) return value;
      throw misfit(value, column);
    case 'json':
    case 'nested':
      return jsonText(value, column);
    case 'text':
    case 'other':
      return stagedText(value, column);
  }
}

function stagedInteger(value: unknown, column: DuckdbTypedColumn): StagedValue {
  const { name, type, staged, range } = column;
  // The quick way for most values.
  if (staged === 'INTEGER' && typeof value === 'number' && type === 'INTEGER' && (value | 0) === value)
    return value;
  const integer = integerOf(value, column);
  const [least, greatest] = range ?? [0n, 0n];
  if (integer < least || integer > greatest)
    throw new UnfitRow(`got ${integer}, which a column of type ${type} cannot hold`, name);
  if (staged === 'INTEGER') return Number(integer);
  return staged === 'BIGINT' ? integer : String(integer);
}

function integerOf(value: unknown, column: DuckdbTypedColumn): bigint {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number' && Number.isSafeInteger(value)) return BigInt(value);
  if (typeof value === 'string' && /^[+-]?\d{1,40}$/.test(value)) return BigInt(value.replace('+', ''));
  if (typeof value !== 'number') throw misfit(value, column);
  const reason = Number.isInteger(value)
    ? 'a whole number of 2^53 or more, which may have lost digits; pass a bigint or text'
    : `${value}, which is no whole number`;
  throw new UnfitRow(`got ${reason}`, column.name);
}

function stagedFloat(value: unknown, column: DuckdbTypedColumn): number {
  const { name, type } = column;
  if (typeof value === 'bigint' && BigInt(Number(value)) !== value)
    throw new UnfitRow(`got an integer that a column of type ${type} would round`, name);
  if (typeof value !== 'number' && typeof value !== 'bigint') throw misfit(value, column);
  const number = Number(value);
  if (type === 'FLOAT' && Number.isFinite(number) && !Number.isFinite(Math.fround(number)))
    throw new UnfitRow(`got ${number}, which a column of type FLOAT cannot hold`, name);
  return number;
}

/** DuckDB rounds a number with more digits behind the point than the column has. */
function stagedDecimal(value: unknown, column: DuckdbTypedColumn): string {
  const { name, type, scale } = column;
  const text = typeof value === 'string' ? value : numberText(value, column);
  const digits = fractionDigits(text);
  if (digits === undefined) throw new UnfitRow(`got ${JSON.stringify(text)}, which is no number`, name);
  if (digits > scale)
    throw new UnfitRow(`got ${text}, which a column of type ${type} would round to ${scale} digits`, name);
  return text;
}

function stagedText(value: unknown, column: DuckdbTypedColumn): string {
  if (typeof value === 'string') return timeText(wellFormed(value, column), column);
  if (typeof value === 'boolean') return String(value);
  if (!(value instanceof Date)) return numberText(value, column);
  if (Number.isNaN(value.getTime())) throw new UnfitRow('got an invalid date', column.name);
  return timeText(value.toISOString().replace('T00:00:00.000Z', column.type === 'DATE' ? '' : '$&'), column);
}

function timeText(text: string, { name, type }: DuckdbTypedColumn): string {
  const lost = lostOfTime(text, type);
  if (lost === undefined) return text;
  throw new UnfitRow(`got ${JSON.stringify(text)} with ${lost}, which a column of type ${type} cannot hold`, name); // prettier-ignore
}

/** The text of a whole number from 2^53 on may have other digits than the number that the program read. */
function numberText(value: unknown, column: DuckdbTypedColumn): string {
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'number') throw misfit(value, column);
  if (!Number.isInteger(value) || Number.isSafeInteger(value)) return String(value);
  const reason = 'got a whole number of 2^53 or more, which may have lost digits; pass a bigint or text';
  throw new UnfitRow(reason, column.name);
}

function wellFormed(value: string, { name }: DuckdbTypedColumn): string {
  if (value.includes('\0')) throw new UnfitRow('got text with a NUL character', name);
  if (!value.isWellFormed()) throw new UnfitRow('got text with a lone surrogate', name);
  return value;
}

function jsonText(value: unknown, column: DuckdbTypedColumn): string {
  let text: unknown;
  try {
    text = JSON.stringify(value);
  } catch (cause) {
    throw new UnfitRow(`got a value without a form in JSON: ${String(cause)}`, column.name);
  }
  if (typeof text === 'string') return text;
  throw new UnfitRow(`got ${valueKind(value)}, which has no form in JSON`, column.name);
}

function misfit(value: unknown, { name, type }: DuckdbTypedColumn): UnfitRow {
  return new UnfitRow(`got ${valueKind(value)} for a column of type ${type}`, name);
}
