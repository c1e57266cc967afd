// Records on their way to a file: lines are put together until there are enough bytes for one write. What is held is
// one chunk and one line, however many records there are.
import { messageOf, type SinkWrite } from '@millrace/core';
import { coreError } from '@millrace/core';
import { type RecordFormat, UnsupportedRecord } from './formats/record-format.ts';

/** How to encode the records of a partition. */
export interface EncodingOptions {
  readonly format: RecordFormat;
  /** How many bytes a chunk has at least, the last one aside. */
  readonly chunkBytes: number;
  /** Whether a partition without records has a chunk, the header of the format alone. */
  readonly writeEmpty: boolean;
  /** For messages. */
  readonly write: SinkWrite;
}

/**
 * The bytes of a file, in chunks; none at all for no records, unless `writeEmpty`.
 *
 * @throws `MR_SINK_UNSUPPORTED_RECORD` naming the index of the record; whatever the iteration itself throws.
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
