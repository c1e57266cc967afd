// The rows of the records of a partition, one at a time. An error of a record has its index; an error of the source of the records
// passes unchanged.
import { coreError, messageOf, type SinkWrite } from '@millrace/core';
import { type DuckdbRow, UnfitRow, rowValues, type StagedValue } from './row-values.ts';
import type { DuckdbTypedColumn } from './duckdb-typed-column.ts';

/** The row of one record. */
export interface StagedRow {
  /** In the order of the columns; of a removed row, those of the key have values. */
  readonly values: readonly StagedValue[];
  /** True when the record removes the row with its key. */
  readonly isRemoved: boolean;
}

/** The conversion of records. */
export interface DuckdbRowFunctions<T> {
  /** Converts a record to a row; undefined: records are rows. */
  readonly row: ((record: T) => DuckdbRow) | undefined;
  /** True when a record removes the row with its key; undefined: no record does. */
  readonly remove: ((record: T) => boolean) | undefined;
}

/** Rows one by one. @throws `MR_SINK_UNSUPPORTED_RECORD`, and errors of the source of the records. */
export function* recordRows<T>(
  records: Iterable<T>,
  columns: readonly DuckdbTypedColumn[],
  { row, remove, write }: DuckdbRowFunctions<T> & { readonly write: SinkWrite },
): Generator<StagedRow> {
  const keyColumns = columns.filter(({ isKey }) => isKey);
  let index = 0;
  for (const record of records) {
    let found: StagedRow;
    try {
      const isRemoved = remove !== undefined && isTrue(remove(record));
      const fields = row === undefined ? record : row(record);
      const values = isRemoved
        ? amongAll(rowValues(fields, keyColumns), columns)
        : rowValues(fields, columns);
      found = { values, isRemoved };
    } catch (cause) {
      throw unsupported(write, index, cause);
    }
    yield found;
    index += 1;
  }
}

/** The values of the key in their places among all columns. */
function amongAll(
  key: readonly StagedValue[],
  columns: readonly DuckdbTypedColumn[],
): readonly StagedValue[] {
  const values = key.values();
  return columns.map(({ isKey }) => (isKey ? (values.next().value ?? null) : null));
}

function isTrue(answer: unknown): boolean {
  if (typeof answer === 'boolean') return answer;
  throw new UnfitRow(`expected remove to return true or false, got a value of type ${typeof answer}`);
}

function unsupported(write: SinkWrite, index: number, cause: unknown): Error {
  const details: Record<string, unknown> = { ...write, index };
  let where = `record ${index} of partition ${write.partition}`;
  if (cause instanceof UnfitRow && cause.column !== undefined) {
    details['column'] = cause.column;
    where += `, column ${JSON.stringify(cause.column)}`;
  }
  const message = `expected records that can be rows, but ${where}: ${messageOf(cause)}`;
  return coreError('MR_SINK_UNSUPPORTED_RECORD', message, { details, cause });
}
