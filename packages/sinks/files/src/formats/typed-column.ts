// Columns with a type, of the formats for tables of columns: the types, and the value of a record in each type. A value that the
// type would change is refused.
import { messageOf } from '@millrace/core';
import { exactJson, valueKind } from '@millrace/core/engine';
import { UnsupportedRecord } from './record-format.ts';

/** The types of columns. */
export const COLUMN_TYPES = [
  'text',
  'boolean',
  'int32',
  'int64',
  'double',
  'timestamp',
  'bytes',
  'json',
] as const;

/** The type of a column. */
export type ColumnType = (typeof COLUMN_TYPES)[number];

/** A column, also the name of the record's field. */
export interface TypedColumn {
  readonly name: string;
  readonly type: ColumnType;
}

/** The value of a column in memory; null for a missing one. A text for `json`, a bigint for `int64`. */
export type ColumnValue = string | boolean | number | bigint | Date | Uint8Array | null;

/** The columns of the options, with `text` as the default type. */
export function typedColumns(
  columns: readonly (string | { readonly name: string; readonly type?: ColumnType | undefined })[],
): readonly TypedColumn[] {
  return columns.map((column) =>
    typeof column === 'string'
      ? { name: column, type: 'text' }
      : { name: column.name, type: column.type ?? 'text' },
  );
}

/** The value of a field in its column. @throws UnsupportedRecord */
export function columnValue(value: unknown, { name, type }: TypedColumn): ColumnValue {
  if (value === undefined || value === null) return null;
  const taken = type === 'json' ? jsonText(value, name) : VALUES[type](value);
  if (taken !== undefined) return taken;
  throw new UnsupportedRecord(`${shown(value)} is no value of type ${type}`, name);
}

/** About the bytes of a value in memory, besides a constant. */
export function valueBytes(value: ColumnValue): number {
  if (typeof value === 'string') return value.length * 2;
  return value instanceof Uint8Array ? value.length : 0;
}

const INT_32 = 2 ** 31;
const INT_64 = 2n ** 63n;

/** The value in memory; undefined for a value that has none in the type. */
const VALUES: Readonly<Record<Exclude<ColumnType, 'json'>, (value: unknown) => ColumnValue | undefined>> = {
  text: (value) => (typeof value === 'string' && value.isWellFormed() ? value : undefined),
  boolean: (value) => (typeof value === 'boolean' ? value : undefined),
  int32: (value) => {
    const isInt = Number.isInteger(value) && (value as number) >= -INT_32 && (value as number) < INT_32;
    return isInt ? (value as number) : undefined;
  },
  int64: (value) => {
    if (Number.isSafeInteger(value)) return BigInt(value as number);
    return typeof value === 'bigint' && value >= -INT_64 && value < INT_64 ? value : undefined;
  },
  double: (value) => (typeof value === 'number' ? value : undefined),
  timestamp: (value) => (value instanceof Date && !Number.isNaN(value.getTime()) ? value : undefined),
  bytes: (value) => (value instanceof Uint8Array ? value : undefined),
};

function jsonText(value: unknown, column: string): string {
  try {
    return exactJson(value);
  } catch (cause) {
    throw new UnsupportedRecord(messageOf(cause), column);
  }
}

function shown(value: unknown): string {
  return typeof value === 'number' || typeof value === 'bigint' ? String(value) : valueKind(value);
}
