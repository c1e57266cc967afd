// The records of a partition as the parts of an object. Memory holds one part.
import { coreError, type FileFormat, messageOf, type SinkWrite } from '@millrace/core';
import { exactJson, valueKind } from '@millrace/core/engine';

/** The form of a line. */
export type LineFormat = 'ndjson' | 'text';

/** The parameters of the conversion. */
export interface PartOptions {
  readonly format: LineFormat | FileFormat;
  /** The least size of a part, except of the last one. */
  readonly partBytes: number;
  /** For error messages. */
  readonly write: SinkWrite;
}

/** The formats of lines, beside their conversion. */
const LINE_FORMATS = {
  ndjson: { suffix: '.ndjson', contentType: 'application/x-ndjson' },
  text: { suffix: '.txt', contentType: 'text/plain; charset=utf-8' },
} as const;

/** The usual end of keys, and the type of the content. */
export function objectForm(format: LineFormat | FileFormat): Pick<FileFormat, 'suffix' | 'contentType'> {
  return typeof format === 'string' ? LINE_FORMATS[format] : format;
}

/** The parts, in order; none without records. @throws `MR_SINK_UNSUPPORTED_RECORD`; any error of the iteration. */
export function objectParts(
  records: Iterable<unknown>,
  { format, partBytes, write }: PartOptions,
): Generator<Uint8Array, void, void> {
  if (typeof format === 'string') return lineParts(records, { format, partBytes, write });
  return joinedParts(format.encode(records, write), partBytes);
}

/** Chunks of any size as parts. */
function* joinedParts(chunks: Iterable<Uint8Array>, partBytes: number): Generator<Uint8Array, void, void> {
  let held: Uint8Array[] = [];
  let bytes = 0;
  for (const chunk of chunks) {
    held.push(chunk);
    bytes += chunk.length;
    if (bytes < partBytes) continue;
    yield Buffer.concat(held);
    held = [];
    bytes = 0;
  }
  if (held.length > 0) yield Buffer.concat(held);
}

function* lineParts(
  records: Iterable<unknown>,
  { format, partBytes, write }: PartOptions & { readonly format: LineFormat },
): Generator<Uint8Array, void, void> {
  const textOf = format === 'ndjson' ? exactJson : lineOf;
  let lines: string[] = [];
  let bytes = 0;
  let index = 0;
  for (const record of records) {
    const line = supported(() => `${textOf(record)}\n`, index, write);
    lines.push(line);
    bytes += Buffer.byteLength(line);
    index += 1;
    if (bytes < partBytes) continue;
    yield Buffer.from(lines.join(''));
    lines = [];
    bytes = 0;
  }
  if (lines.length > 0) yield Buffer.from(lines.join(''));
}

/** A text that line readers would give back changed is refused. */
function lineOf(record: unknown): string {
  if (typeof record !== 'string') throw new TypeError(`expected a text, got ${valueKind(record)}`);
  if (/\n|\r$/.test(record)) throw new TypeError('expected a text of one line, got one with line breaks');
  if (!record.isWellFormed()) throw new TypeError('expected well-formed text, got a lone surrogate');
  return record;
}

function supported(line: () => string, index: number, write: SinkWrite): string {
  try {
    return line();
  } catch (cause) {
    throw coreError(
      'MR_SINK_UNSUPPORTED_RECORD',
      `expected records that can be written as lines, but record ${index} of partition ${write.partition}: ${messageOf(cause)}; convert records with map first`,
      { details: { ...write, index }, cause },
    );
  }
}
