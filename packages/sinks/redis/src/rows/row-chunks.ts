// The rows of a partition in chunks, each for one call of the script. Rows are computed while they are sent.
import type { SinkWrite } from '@millrace/core';
import { unsupportedRecord } from '@millrace/core/engine';
import type { RedisRowForm } from '../redis-sink.options.ts';
import { jsonParts, partsOf, type RowParts } from './row-parts.ts';

/** Some rows of a partition. */
export interface RowChunk {
  /** The number of rows of the partition before these. */
  readonly from: number;
  readonly rows: readonly RowParts[];
  readonly isLast: boolean;
}

/** The parameters of the rows of one partition. */
export interface RowChunksOptions<T> {
  readonly as: RedisRowForm;
  /** Converts a record to a row; undefined: JSON, or records are rows. */
  readonly row: ((record: T) => unknown) | undefined;
  readonly rowsAtOnce: number;
  readonly write: SinkWrite;
}

/** Bytes of rows in one call, about. One row may be larger. */
const BYTES_MAX = 1_048_576;
/** The script gets all parts as one list. */
const PARTS_MAX = 500_000;

/** The chunks of a partition; at least one. @throws `MR_SINK_UNSUPPORTED_RECORD`, and errors of the source. */
export function* rowChunks<T>(records: Iterable<T>, options: RowChunksOptions<T>): Generator<RowChunk> {
  let from = 0;
  let rows: RowParts[] = [];
  let bytes = 0;
  let parts = 0;
  for (const record of records) {
    // The last chunk is known when there are no further records.
    if (rows.length >= options.rowsAtOnce || bytes >= BYTES_MAX || parts >= PARTS_MAX) {
      yield { from, rows, isLast: false };
      from += rows.length;
      rows = [];
      bytes = 0;
      parts = 0;
    }
    const row = rowOf(record, from + rows.length, options);
    rows.push(row);
    parts += row.parts.length + 2;
    for (const part of row.parts) bytes += part.length;
  }
  yield { from, rows, isLast: true };
}

function rowOf<T>(record: T, index: number, { as, row, write }: RowChunksOptions<T>): RowParts {
  try {
    return row === undefined ? jsonParts(as, record) : partsOf(as, row(record));
  } catch (cause) {
    throw unsupportedRecord({ expected: `records that can be rows as a ${as}`, index, write, cause });
  }
}
