// The records of a partition as lines, in chunks for inserts. An error of a record is kept apart from errors of the server.
import { coreError, messageOf, type SinkWrite } from '@millrace/core';
import { type ChunkBounds, type TextChunk, recordChunks, takenAhead } from '@millrace/core/engine';
import type { ClickhouseTypedColumn } from './column-type.ts';
import { type ClickhouseRow, RefusedFields, rowText } from './row-text.ts';

/** The parameters of the conversion. */
export interface RowLinesOptions<T> {
  readonly row: ((record: T) => ClickhouseRow) | undefined;
  readonly columns: readonly ClickhouseTypedColumn[];
  /** The bounds of an insert. */
  readonly bounds: Pick<ChunkBounds, 'maxRecords' | 'maxBytes'>;
  readonly bytesInMemory: number;
  /** For error messages. */
  readonly write: SinkWrite;
}

/** The lines of each insert. @throws `MR_SINK_UNSUPPORTED_RECORD` with the index, and any error of the iteration. */
export function rowLines<T>(records: Iterable<T>, options: RowLinesOptions<T>): Generator<TextChunk> {
  const bounds = { ...options.bounds, frameBytes: 0, bytesPerText: 1 };
  const chunks = recordChunks(records, (record, index) => lineOf(record, index, options), bounds);
  return takenAhead(chunks, options.bytesInMemory);
}

function lineOf<T>(record: T, index: number, { row, columns, write }: RowLinesOptions<T>): string {
  try {
    return rowText(row === undefined ? record : row(record), columns);
  } catch (cause) {
    const column = cause instanceof RefusedFields ? cause.column : undefined;
    const where = column === undefined ? '' : `, column ${JSON.stringify(column)}`;
    throw coreError(
      'MR_SINK_UNSUPPORTED_RECORD',
      `expected records that can be rows, but record ${index} of partition ${write.partition}${where}: ${messageOf(cause)}`,
      { details: { ...write, index, ...(column === undefined ? {} : { column }) }, cause },
    );
  }
}
