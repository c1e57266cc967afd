// Converts a record to the texts of a row: every type of PostgreSQL has a text for each value. A value that the server would
// store changed without an error is refused here; a text that does not fit the type is refused by the server.
import { arrayText } from './array-text.ts';
import type { SentColumn } from './sent-column.ts';

/** The value of a column. `null` and `undefined` become NULL. A column of type `json` or `jsonb` accepts any JSON. */
export type PostgresValue =
  string | number | bigint | boolean | Date | Uint8Array | object | null | undefined;

/** A row, by the names of its columns; fields without a column are omitted. */
export type PostgresRow = Readonly<Record<string, PostgresValue>>;

/** A value as sent to the server; null is NULL. */
export type SentValue = string | null;

/** The reason for refusing a record; becomes the reason in `MR_SINK_UNSUPPORTED_RECORD`. */
export class RefusedRow extends TypeError {
  /** The column of the refused value, if known. */
  readonly column: string | undefined;

  constructor(reason: string, column?: string) {
    super(reason);
    this.column = column;
  }
}

/** The values of a row in the order of the columns. @throws RefusedRow */
export function rowValues(row: unknown, columns: readonly SentColumn[]): SentValue[] {
  const fields = fieldsOf(row);
  return columns.map((column) => sentField(fields, column));
}

/** The fields of a row. @throws RefusedRow */
export function fieldsOf(row: unknown): Readonly<Record<string, unknown>> {
  const prototype: unknown = typeof row === 'object' && row !== null ? Object.getPrototypeOf(row) : undefined;
  if (prototype === Object.prototype || prototype === null) return row as Readonly<Record<string, unknown>>;
  throw new RefusedRow(
    `expected a plain object, got ${kindOf(row)}; give postgresSink a function that makes one`,
  );
}

/** The value of a column. @throws RefusedRow */
export function sentField(fields: Readonly<Record<string, unknown>>, column: SentColumn): SentValue {
  // Own fields only: every object inherits a `constructor`.
  const value = Object.hasOwn(fields, column.name) ? sentValue(fields[column.name], column) : null;
  if (column.isKey && value === null)
    throw new RefusedRow('got no value for a column of the key', column.name);
  return value;
}

function sentValue(value: unknown, column: SentColumn): SentValue {
  if (value === null || value === undefined) return null;
  if (column.isArray && Array.isArray(value))
    return arrayText(value, (element) => sentValue(element, { ...column, isArray: false }));
  if (column.kind === 'json' && !column.isArray) return jsonText(value, column);
  return scalarText(value, column);
}

function scalarText(value: unknown, column: SentColumn): string {
  switch (typeof value) {
    case 'string':
      return wellFormed(value, column);
    case 'number':
      return numberText(value, column);
    case 'bigint':
      return integerText(value, column);
    case 'boolean':
      return String(value);
    default:
      return objectText(value, column);
  }
}

function objectText(value: unknown, { name, kind, type }: SentColumn): string {
  if (value instanceof Date) {
    if (Number.isNaN(value.getTime())) throw new RefusedRow('got an invalid date', name);
    return value.toISOString();
  }
  if (value instanceof Uint8Array && kind === 'bytes')
    return `\\x${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('hex')}`;
  throw new RefusedRow(`got ${kindOf(value)} for a column of type ${type}`, name);
}

function wellFormed(value: string, { name }: SentColumn): string {
  if (value.includes('\0')) throw new RefusedRow('got text with a NUL character', name);
  if (!value.isWellFormed()) throw new RefusedRow('got text with a lone surrogate', name);
  return value;
}

/** The text of a whole number from 2^53 on may have other digits than the number that the program read. */
function numberText(value: number, { name, kind }: SentColumn): string {
  if (Object.is(value, -0)) return '-0';
  if (kind === 'float' || !Number.isInteger(value) || Number.isSafeInteger(value)) return String(value);
  throw new RefusedRow(
    'got a whole number of 2^53 or more, which may have lost digits; pass a bigint or text',
    name,
  );
}

function integerText(value: bigint, { name, kind, type }: SentColumn): string {
  if (kind === 'float' && BigInt(Number(value)) !== value)
    throw new RefusedRow(`got an integer that a column of type ${type} would round`, name);
  return String(value);
}

function jsonText(value: unknown, column: SentColumn): string {
  let text: unknown;
  try {
    text = JSON.stringify(value);
  } catch (cause) {
    throw new RefusedRow(`got a value without a form in JSON: ${String(cause)}`, column.name);
  }
  if (typeof text !== 'string')
    throw new RefusedRow(`got ${kindOf(value)}, which has no form in JSON`, column.name);
  return text;
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object') return `an object (${value.constructor?.name ?? 'without a class'})`;
  return typeof value === 'undefined' ? 'undefined' : `a ${typeof value}`;
}
