// Converts a record to the values of a row. A value that would be read back changed is refused; only booleans, which
// SQLite does not have, become 0 and 1.

/** The values of a column. `null` and `undefined` become NULL, booleans 0 or 1. */
export type SqliteValue = string | number | bigint | boolean | Uint8Array | null | undefined;

/** A row, by the names of its columns; fields without a column are omitted. */
export type SqliteRow = Readonly<Record<string, SqliteValue>>;

/** The values bound to SQLite. */
export type BoundValue = string | number | bigint | Uint8Array | null;

/** The reason for refusing a record; becomes the reason in `MR_SINK_UNSUPPORTED_RECORD`. */
export class UnsupportedRow extends TypeError {
  /** The column of the refused value, if known. */
  readonly column: string | undefined;

  constructor(reason: string, column?: string) {
    super(reason);
    this.column = column;
  }
}

const INTEGER_MIN = -(2n ** 63n);
const INTEGER_MAX = 2n ** 63n - 1n;

/** The values of a row in the order of the columns. @throws UnsupportedRow */
export function rowValues(row: unknown, columns: readonly string[]): BoundValue[] {
  const prototype: unknown = typeof row === 'object' && row !== null ? Object.getPrototypeOf(row) : undefined;
  if (prototype !== Object.prototype && prototype !== null) {
    throw new UnsupportedRow(
      `expected a plain object, got ${kindOf(row)}; give sqliteSink a function that makes one`,
    );
  }
  const fields = row as Readonly<Record<string, unknown>>;
  // Own fields only: every object inherits a `constructor`.
  return columns.map((column) => boundValue(Object.hasOwn(fields, column) ? fields[column] : null, column));
}

function boundValue(value: unknown, column: string): BoundValue {
  switch (typeof value) {
    case 'undefined':
      return null;
    case 'boolean':
      return value ? 1n : 0n;
    case 'string':
      if (!value.isWellFormed()) throw new UnsupportedRow('got text with a lone surrogate', column);
      return value;
    case 'number':
      return boundNumber(value, column);
    case 'bigint':
      if (value < INTEGER_MIN || value > INTEGER_MAX) {
        throw new UnsupportedRow('got an integer of more than 64 bits', column);
      }
      return value;
    default:
      if (value === null || value instanceof Uint8Array) return value;
      throw new UnsupportedRow(`got ${kindOf(value)}, for which SQLite has no type`, column);
  }
}

/** Whole numbers as integers: bound as numbers, they would be stored as floating point, `5.0` for 5. */
function boundNumber(value: number, column: string): BoundValue {
  if (Number.isNaN(value)) throw new UnsupportedRow('got NaN, which SQLite would store as NULL', column);
  return Number.isSafeInteger(value) && !Object.is(value, -0) ? BigInt(value) : value;
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object') return `an object (${value.constructor?.name ?? 'without a class'})`;
  return typeof value === 'undefined' ? 'undefined' : `a ${typeof value}`;
}
