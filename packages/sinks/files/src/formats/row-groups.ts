// Records as groups of rows, column by column. A group is bounded by rows and by bytes, so memory holds one group of a partition of
// any size.
import { coreError, messageOf, type SinkWrite } from '@millrace/core';
import { valueKind } from '@millrace/core/engine';
import { UnsupportedRecord } from './record-format.ts';
import { columnValue, type ColumnValue, type TypedColumn, valueBytes } from './typed-column.ts';

/** A group is given out at the row with which its texts and bytes exceed this size. */
const GROUP_BYTES = 16_777_216;

/** Some rows. */
export interface RowGroup {
  readonly rows: number;
  /** The values of each column, in the order of the columns. */
  readonly values: readonly (readonly ColumnValue[])[];
}

/** The parameters of the division. */
export interface RowGroupOptions {
  readonly columns: readonly TypedColumn[];
  /** The largest number of rows in a group. */
  readonly rowGroupRows: number;
  /** For error messages. */
  readonly write: SinkWrite;
}

/** The groups of a partition. @throws `MR_SINK_UNSUPPORTED_RECORD` with the index; any error of the iteration. */
export function* rowGroups(
  records: Iterable<unknown>,
  { columns, rowGroupRows, write }: RowGroupOptions,
): Generator<RowGroup, void, void> {
  const empty = (): ColumnValue[][] => columns.map(() => []);
  let values = empty();
  let rows = 0;
  let bytes = 0;
  let index = 0;
  for (const record of records) {
    try {
      const fields = fieldsOf(record);
      for (const [place, column] of columns.entries()) {
        // Own fields only: every object inherits a `constructor`.
        const field = Object.hasOwn(fields, column.name) ? fields[column.name] : undefined;
        const value = columnValue(field, column);
        values[place]?.push(value);
        bytes += valueBytes(value);
      }
    } catch (cause) {
      throw unsupported(cause, index, write);
    }
    index += 1;
    rows += 1;
    if (rows < rowGroupRows && bytes < GROUP_BYTES) continue;
    yield { rows, values };
    values = empty();
    rows = 0;
    bytes = 0;
  }
  if (rows > 0) yield { rows, values };
}

function fieldsOf(record: unknown): Readonly<Record<string, unknown>> {
  const prototype: unknown =
    typeof record === 'object' && record !== null ? Object.getPrototypeOf(record) : undefined;
  if (prototype === Object.prototype || prototype === null)
    return record as Readonly<Record<string, unknown>>;
  throw new UnsupportedRecord(`expected a plain object, got ${valueKind(record)}`);
}

function unsupported(cause: unknown, index: number, write: SinkWrite): Error {
  const column = cause instanceof UnsupportedRecord ? cause.column : undefined;
  const where = column === undefined ? '' : `, column ${JSON.stringify(column)}`;
  return coreError(
    'MR_SINK_UNSUPPORTED_RECORD',
    `expected records that can be rows, but record ${index} of partition ${write.partition}${where}: ${messageOf(cause)}; convert records with map first`,
    { details: { ...write, index, ...(column === undefined ? {} : { column }) }, cause },
  );
}
