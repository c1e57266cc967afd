// The encoding of records: lines are collected until there are enough bytes for one write. Memory holds one chunk and
// one line, for any number of records.
import { messageOf, type SinkWrite } from '@millrace/core';
import { coreError } from '@millrace/core';
import { type RecordFormat, UnsupportedRecord } from './record-format.ts';

/** The parameters of encoding the records of a partition. */
export interface EncodingOptions {
  readonly format: RecordFormat;
  /** The least number of bytes in a chunk, except the last chunk. */
  readonly chunkBytes: number;
  /** True when a partition without records has a chunk, with only the header of the format. */
  readonly writeEmpty: boolean;
  /** For error messages. */
  readonly write: SinkWrite;
}

/**
 * The bytes of a file, in chunks; no chunks without records, unless `writeEmpty`.
 *
 * @throws `MR_SINK_UNSUPPORTED_RECORD` with the index of the record; any error of the iteration.
 */
export function* encodedChunks(
  records: Iterable<unknown>,
  options: EncodingOptions,
): Generator<Uint8Array, void, void> {
  const { format, chunkBytes, writeEmpty } = options;
  let text = format.header;
  let sizeBytes = Buffer.byteLength(text);
  let index = 0;
  for (const record of records) {
    const line = lineOf(record, index, options);
    text += line;
    sizeBytes += Buffer.byteLength(line);
    index += 1;
    if (sizeBytes < chunkBytes) continue;
    yield Buffer.from(text);
    text = '';
    sizeBytes = 0;
  }
  const isEmpty = index === 0;
  if (isEmpty ? writeEmpty : text !== '') yield Buffer.from(text);
}

function lineOf(record: unknown, index: number, { format, write }: EncodingOptions): string {
  try {
    return format.line(record, index === 0);
  } catch (cause) {
    const column = cause instanceof UnsupportedRecord ? cause.column : undefined;
    const where = column === undefined ? '' : `, column ${JSON.stringify(column)}`;
    const reason = messageOf(cause);
    throw coreError(
      'MR_SINK_UNSUPPORTED_RECORD',
      `expected records that can be written as lines, but record ${index} of partition ${write.partition}${where}: ${reason}; convert records with map first`,
      { details: { ...write, index, ...(column === undefined ? {} : { column }) }, cause },
    );
  }
}
