// The table that gets the rows, with a key or without.
import type { SinkWrite } from '@millrace/core';
import type { BoundValue, RowColumn } from './row-values.ts';

/** An existing table. All methods are for use inside a transaction. */
export interface TargetTable {
  /** The table's name in the database: `Delays` and `delays` are one table. */
  readonly name: string;
  /** The columns that get a value, in order. */
  readonly columns: readonly RowColumn[];
  /** The rows of this partition follow. */
  begin(write: SinkWrite): void;
  /** Writes a row; accepts its values in the order of the columns. */
  put(values: readonly BoundValue[]): void;
  /** Removes the row with a key; accepts the values of the key's columns, in the order of the columns. */
  remove(key: readonly BoundValue[]): void;
}
