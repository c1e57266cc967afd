// Plain text: each line is a record. The lines stay the bytes of the body, ready for `storeText`; a stream of records gets
// strings. The body is cut in slices that end with a line end, so that other work gets a turn between slices and no line is
// copied.
import { isUtf8 } from 'node:buffer';
import { LineFramer, type TextLines } from '@millrace/core';
import { BYTE } from './json-bytes.ts';
import { ENTRY_BYTES, STRING_BYTES } from './json-weight.ts';
import type { ParsingRoom } from './parsing-room.ts';
import { type Payload, recordsPayload, textPayload } from './payload.ts';
import type { RecordBounds, RecordOptions } from './record-collector.ts';
import { recordError, recordTooLarge, tooManyRecords } from './record-refusals.ts';

/** Size of a slice. A slice ends at the last line end within the size, or at the first line end behind. */
const SLICE_BYTES = 65_536;

/** Memory of a line as a string, without the characters. */
const LINE_BYTES = STRING_BYTES + ENTRY_BYTES;

/** Cost of making a string of a line, in units of one parsed byte. */
const LINE_UNITS = 16;

/**
 * Cuts text in UTF-8 into lines that stay bytes. A line ends with `\n` or `\r\n`; the last line needs no end; empty
 * lines are lines.
 *
 * @param body Ownership passes to this function: the lines may be moved inside the body.
 * @throws `MR_HTTP_RECORD_MALFORMED` for invalid UTF-8, `MR_HTTP_RECORD_TOO_LARGE` and `MR_HTTP_TOO_MANY_RECORDS`.
 */
export async function parseText(body: Buffer, bounds: RecordBounds, room: ParsingRoom): Promise<Payload> {
  return textPayload(await linesOf(body, bounds, room));
}

/** Like `parseText`, with a record of text for each line. @throws `MR_HTTP_RECORD_INVALID` too. */
export async function parseTextRecords(
  body: Buffer,
  options: RecordBounds & Pick<RecordOptions, 'validator'>,
  room: ParsingRoom,
): Promise<Payload> {
  const { validator } = options;
  const records: string[] = [];
  const sizes: number[] = [];
  for (const run of await linesOf(body, options, room)) {
    const { bytes, lineCount } = run;
    room.count(bytes.length + LINE_BYTES * lineCount);
    for (const text of textsOf(run)) {
      records.push(text);
      sizes.push(text.length + LINE_BYTES);
    }
    if (room.isSpentAfter(bytes.length + LINE_UNITS * lineCount)) await room.nextTurn();
  }
  room.count(-body.length);
  if (validator === undefined) return recordsPayload(records, { sizes });
  const places = records.map((_, index) => ({ index, line: index + 1 }));
  return await validator.payload({ records, sizes, places, skippedCount: 0 }, room);
}

async function linesOf(body: Buffer, bounds: RecordBounds, room: ParsingRoom): Promise<readonly TextLines[]> {
  const { maxRecordsPerRequest, maxRecordBytes } = bounds;
  if (!isUtf8(body)) throw firstNonUtf8(body);
  const framer = new LineFramer({ maxLineBytes: maxRecordBytes });
  const runs: TextLines[] = [];
  let count = 0;
  for (let start = 0; start < body.length;) {
    const end = endOfSlice(body, start);
    const pieces = framer.push(body.subarray(start, end));
    for (const piece of end === body.length ? [...pieces, ...framer.end()] : pieces) {
      if (piece.kind === 'long-line') throw recordTooLarge(maxRecordBytes, { index: count, line: count + 1 });
      count += piece.lineCount;
      if (count > maxRecordsPerRequest) throw tooManyRecords(maxRecordsPerRequest);
      runs.push(piece);
    }
    start = end;
    if (room.isSpentAfter(SLICE_BYTES / LINE_UNITS)) await room.nextTurn();
  }
  return runs;
}

/** End of the slice that begins at `start`: behind a line end, or the end of the body. */
function endOfSlice(body: Buffer, start: number): number {
  const target = start + SLICE_BYTES;
  if (target >= body.length) return body.length;
  const before = body.lastIndexOf(BYTE.lineFeed, target - 1);
  const lineFeed = before >= start ? before : body.indexOf(BYTE.lineFeed, target);
  return lineFeed === -1 ? body.length : lineFeed + 1;
}

function textsOf({ bytes, lineCount }: TextLines): readonly string[] {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    .toString('utf8')
    .split('\n', lineCount);
}

/** Finds the first line with invalid UTF-8, in a body with invalid UTF-8. */
function firstNonUtf8(body: Buffer): Error {
  let index = 0;
  for (let start = 0; start < body.length; index += 1) {
    const lineFeed = body.indexOf(BYTE.lineFeed, start);
    const end = lineFeed === -1 ? body.length : lineFeed;
    if (!isUtf8(body.subarray(start, end))) break;
    start = end + 1;
  }
  return recordError('MR_HTTP_RECORD_MALFORMED', 'expected UTF-8', { index, line: index + 1 });
}
