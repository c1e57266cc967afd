// The rows of the records of a partition, one at a time. An error of a record, of a function of the program or of the source of
// the records is kept apart from errors of the server.
import { coreError, messageOf, type SinkWrite } from '@millrace/core';
import type { SentColumn } from './sent-column.ts';
import { type PostgresRow, rowValues, type SentValue, RefusedRow } from './row-values.ts';

/** The row of one record. */
export interface RecordRow {
  /** In the order of the columns; of a removed row, those of the key have values. */
  readonly values: readonly SentValue[];
  /** True when the record removes the row with its key. */
  readonly isRemoved: boolean;
}

/** An error that is not of the server. */
export class RecordsFailed extends Error {
  constructor(cause: unknown) {
    super('the records of a partition failed', { cause });
  }
}

/** The conversion of records. */
export interface RowFunctions<T> {
  /** Converts a record to a row; undefined: records are rows. */
  readonly row: ((record: T) => PostgresRow) | undefined;
  /** True when a record removes the row with its key; undefined: no record does. */
  readonly remove: ((record: T) => boolean) | undefined;
}

/** Rows one by one; `count` records have been read so far. */
export class RecordRows<T> {
  count = 0;
  readonly #records: Iterator<T>;
  readonly #columns: readonly SentColumn[];
  readonly #functions: RowFunctions<T>;
  readonly #write: SinkWrite;

  constructor(
    records: Iterable<T>,
    columns: readonly SentColumn[],
    { write, ...functions }: RowFunctions<T> & { readonly write: SinkWrite },
  ) {
    this.#records = records[Symbol.iterator]();
    this.#columns = columns;
    this.#functions = functions;
    this.#write = write;
  }

  /** The next row; undefined at the end. @throws RecordsFailed */
  next(): RecordRow | undefined {
    try {
      const { done, value } = this.#records.next();
      if (done === true) return undefined;
      const row = this.#rowOf(value);
      this.count += 1;
      return row;
    } catch (cause) {
      throw new RecordsFailed(cause);
    }
  }

  /** Ends the source of the records before its end. */
  end(): void {
    try {
      this.#records.return?.();
    } catch {
      // The write has failed already, and its reason matters more.
    }
  }

  #rowOf(record: T): RecordRow {
    const { row, remove } = this.#functions;
    try {
      const isRemoved = remove === undefined ? false : answerOf(remove(record));
      const columns = isRemoved ? this.#columns.filter(({ isKey }) => isKey) : this.#columns;
      const values = rowValues(row === undefined ? record : row(record), columns);
      return { values: isRemoved ? this.#spread(values) : values, isRemoved };
    } catch (cause) {
      throw unsupported(this.#write, this.count, cause);
    }
  }

  /** The values of the key in their places among all columns. */
  #spread(key: readonly SentValue[]): readonly SentValue[] {
    const values = key.values();
    return this.#columns.map(({ isKey }) => (isKey ? (values.next().value ?? null) : null));
  }
}

function answerOf(answer: unknown): boolean {
  if (typeof answer === 'boolean') return answer;
  throw new RefusedRow(`expected remove to return true or false, got a value of type ${typeof answer}`);
}

function unsupported(write: SinkWrite, index: number, cause: unknown): Error {
  const column = cause instanceof RefusedRow ? cause.column : undefined;
  const where = column === undefined ? '' : `, column ${JSON.stringify(column)}`;
  return coreError(
    'MR_SINK_UNSUPPORTED_RECORD',
    `expected records that can be rows, but record ${index} of partition ${write.partition}${where}: ${messageOf(cause)}`,
    { details: { ...write, index, ...(column === undefined ? {} : { column }) }, cause },
  );
}
