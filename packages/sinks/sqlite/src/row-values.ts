// Converts a record to the values of a row. A value that would be read back changed is refused; only booleans, which
// SQLite does not have, become 0 and 1.
import { valueKind } from '@millrace/core/engine';
import type { Affinity } from './column-affinity.ts';
import { isInteger64 } from './integer-64.ts';
import { isTextKept } from './number-text.ts';

/** The values of a column. `null` and `undefined` become NULL, booleans 0 or 1. */
export type SqliteValue = string | number | bigint | boolean | Uint8Array | null | undefined;

/** A row, by the names of its columns; fields without a column are omitted. */
export type SqliteRow = Readonly<Record<string, SqliteValue>>;

/** The values bound to SQLite. */
export type BoundValue = string | number | bigint | Uint8Array | null;

/** A column that gets a value of each record. */
export interface RowColumn {
  /** The name of the record's field. */
  readonly name: string;
  /** The conversion of SQLite for the column's type. */
  readonly affinity: Affinity;
  /** True for a column of the key, which has no NULL. */
  readonly isKey: boolean;
}

/** The reason for refusing a record; becomes the reason in `MR_SINK_UNSUPPORTED_RECORD`. */
export class UnsupportedRow extends TypeError {
  /** The column of the refused value, if known. */
  readonly column: string | undefined;

  constructor(reason: string, column?: string) {
    super(reason);
    this.column = column;
  }
}

/** The values of a row in the order of the columns. @throws UnsupportedRow */
export function rowValues(row: unknown, columns: readonly RowColumn[]): BoundValue[] {
  const prototype: unknown = typeof row === 'object' && row !== null ? Object.getPrototypeOf(row) : undefined;
  if (prototype !== Object.prototype && prototype !== null) {
    throw new UnsupportedRow(
      `expected a plain object, got ${valueKind(row)}; give sqliteSink a function that makes one`,
    );
  }
  const fields = row as Readonly<Record<string, unknown>>;
  return columns.map((column) => {
    const { name, isKey } = column;
    // Own fields only: every object inherits a `constructor`.
    const value = boundValue(Object.hasOwn(fields, name) ? fields[name] : null, column);
    if (isKey && value === null) throw new UnsupportedRow('got no value for a column of the key', name);
    return value;
  });
}

function boundValue(value: unknown, column: RowColumn): BoundValue {
  switch (typeof value) {
    case 'undefined':
      return null;
    case 'boolean':
      return value ? 1n : 0n;
    case 'string':
      return boundText(value, column);
    case 'number':
      return boundNumber(value, column);
    case 'bigint':
      return boundInteger(value, column);
    default:
      if (value === null || value instanceof Uint8Array) return value;
      throw new UnsupportedRow(`got ${valueKind(value)}, for which SQLite has no type`, column.name);
  }
}

/** A column of numbers makes a number of the text of a number. */
function boundText(value: string, { name, affinity }: RowColumn): BoundValue {
  if (!value.isWellFormed()) throw new UnsupportedRow('got text with a lone surrogate', name);
  if (isTextKept(value, affinity)) return value;
  throw new UnsupportedRow(`got digits that a column of type ${affinity} would round`, name);
}

/**
 * Whole numbers as integers: bound as numbers, they would be stored as floating point, `5.0` for 5. A column of text
 * writes a number with fewer digits than the number has.
 */
function boundNumber(value: number, { name, affinity }: RowColumn): BoundValue {
  if (Number.isNaN(value)) throw new UnsupportedRow('got NaN, which SQLite would store as NULL', name);
  if (Number.isSafeInteger(value) && !Object.is(value, -0)) return BigInt(value);
  if (affinity !== 'TEXT' || !Number.isFinite(value)) return value;
  if (!Number.isInteger(value) || Object.is(value, -0)) return String(value);
  throw new UnsupportedRow(
    'got a whole number of 2^53 or more for a column of text, which may have lost digits; pass a bigint or text',
    name,
  );
}

function boundInteger(value: bigint, { name, affinity }: RowColumn): BoundValue {
  if (!isInteger64(value)) {
    throw new UnsupportedRow('got an integer of more than 64 bits', name);
  }
  if (affinity === 'REAL' && BigInt(Number(value)) !== value) {
    throw new UnsupportedRow('got an integer that a column of type REAL would round', name);
  }
  return value;
}
