// The rows of the records of a partition, one at a time. An error of a record, of a function of the program or of the source of
// the records is kept apart from errors of the server.
import { coreError, messageOf, type SinkWrite } from '@millrace/core';
import { lineOfRow } from './copy-text.ts';
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
    return this.#take(this.#rowOf);
  }

  /** The line of the next row for COPY, of a record that removes nothing; undefined at the end. @throws RecordsFailed */
  nextLine(): string | undefined {
    return this.#take(this.#lineOf);
  }

  /** Ends the source of the records before its end. */
  end(): void {
    try {
      this.#records.return?.();
    } catch {
      // The write has failed already, and its reason matters more.
    }
  }

  #take<R>(convert: (record: T) => R): R | undefined {
    try {
      const { done, value } = this.#records.next();
      if (done === true) return undefined;
      const converted = this.#converted(value, convert);
      this.count += 1;
      return converted;
    } catch (cause) {
      throw new RecordsFailed(cause);
    }
  }

  #converted<R>(record: T, convert: (record: T) => R): R {
    try {
      return convert(record);
    } catch (cause) {
      throw unsupported(this.#write, this.count, cause);
    }
  }

  readonly #rowOf = (record: T): RecordRow => {
    const { row, remove } = this.#functions;
    const isRemoved = remove === undefined ? false : answerOf(remove(record));
    const columns = isRemoved ? this.#columns.filter(({ isKey }) => isKey) : this.#columns;
    const values = rowValues(row === undefined ? record : row(record), columns);
    return { values: isRemoved ? this.#spread(values) : values, isRemoved };
  };

  readonly #lineOf = (record: T): string => {
    const { row } = this.#functions;
    return lineOfRow(row === undefined ? record : row(record), this.#columns);
  };

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
