// Converts a record to a line of JSON with a field for each column. A value that the server would store changed without an error
// is refused here; a text that does not fit its type is refused by the server.
import { messageOf } from '@millrace/core';
import { exactJson, valueKind } from '@millrace/core/engine';
import type { ClickhouseTypedColumn } from './column-type.ts';

/** The value of a column. `undefined` and a missing field become the default of the column. */
export type ClickhouseValue = string | number | bigint | boolean | Date | object | null | undefined;

/** A row, by the names of its columns; fields without a column are omitted. */
export type ClickhouseRow = Readonly<Record<string, ClickhouseValue>>;

/** The reason for refusing a record; becomes the reason in `MR_SINK_UNSUPPORTED_RECORD`. */
export class RefusedFields extends TypeError {
  /** The column of the refused value, if known. */
  readonly column: string | undefined;

  constructor(reason: string, column?: string) {
    super(reason);
    this.column = column;
  }
}

/** The line of a row, without a line end. @throws RefusedFields, TypeError for a value without a form in JSON. */
export function rowText(row: unknown, columns: readonly ClickhouseTypedColumn[]): string {
  const prototype: unknown = typeof row === 'object' && row !== null ? Object.getPrototypeOf(row) : undefined;
  if (prototype !== Object.prototype && prototype !== null) {
    throw new RefusedFields(
      `expected a plain object, got ${valueKind(row)}; give clickhouseSink a function that makes one`,
    );
  }
  const fields = row as Readonly<Record<string, unknown>>;
  let text = '';
  for (const column of columns) {
    // Own fields only: every object inherits a `constructor`.
    const value = Object.hasOwn(fields, column.name) ? fields[column.name] : undefined;
    if (value !== undefined) text += `${text === '' ? '' : ','}${column.field}${valueText(value, column)}`;
  }
  return `{${text}}`;
}

function valueText(value: unknown, column: ClickhouseTypedColumn): string {
  const { name, type, isNullable } = column;
  switch (typeof value) {
    case 'string':
      if (value.isWellFormed()) return JSON.stringify(value);
      throw new RefusedFields('it is text with a lone surrogate', name);
    case 'number':
      return numberText(value, column);
    case 'bigint':
      return bigintText(value, column);
    default:
      if (value !== null) return otherText(value, name);
      if (isNullable) return 'null';
      throw new RefusedFields(
        `null has no place in ${type}; leave the field out for the default of the column`,
        name,
      );
  }
}

function numberText(value: number, { name, type, range, safeRange, isFloat }: ClickhouseTypedColumn): string {
  if (isFloat || (range === undefined && !Number.isInteger(value))) {
    if (!Number.isFinite(value)) throw new RefusedFields(`${value} has no form in JSON`, name);
    return Object.is(value, -0) ? '-0' : String(value);
  }
  if (!Number.isInteger(value))
    throw new RefusedFields(`${value} is no whole number, as ${type} needs`, name);
  if (!Number.isSafeInteger(value))
    throw new RefusedFields(`${value} may be a rounded number; give a bigint or a text`, name);
  if (value < safeRange[0] || value > safeRange[1])
    throw new RefusedFields(`${value} does not fit ${type}`, name);
  return String(value);
}

/** A text, so that a column of any type reads the whole value. */
function bigintText(value: bigint, { name, type, range, isFloat }: ClickhouseTypedColumn): string {
  if (isFloat && BigInt(Number(value)) !== value)
    throw new RefusedFields(`${value} would be rounded in ${type}`, name);
  if (range !== undefined && (value < range[0] || value > range[1]))
    throw new RefusedFields(`${value} does not fit ${type}`, name);
  return isFloat ? `${value}` : `"${value}"`;
}

function otherText(value: unknown, name: string): string {
  try {
    return exactJson(value);
  } catch (cause) {
    throw new RefusedFields(messageOf(cause), name);
  }
}
