// Plain text: a record a line. The lines stay the bytes they came in, ready for `storeText`; a stream of records gets
// them as strings.
import { isUtf8 } from 'node:buffer';
import { LineCutter, type TextLines, type TextPiece } from '@millrace/core';
import { BYTE } from './json-bytes.ts';
import { type Payload, recordsPayload, textPayload } from './payload.ts';
import { type RecordBounds, recordError, recordTooLarge, tooManyRecords } from './record-collector.ts';

/**
 * Cuts text in UTF-8 into lines that stay bytes. A line ends with `\n` or `\r\n`, the last one needs neither; empty
 * lines are lines.
 *
 * @param body Given away: the lines in it may be moved together.
 * @throws `MR_HTTP_RECORD_MALFORMED` for what is no UTF-8, `MR_HTTP_RECORD_TOO_LARGE` and `MR_HTTP_TOO_MANY_RECORDS`.
 */
export function parseText(body: Buffer, bounds: RecordBounds): Payload {
  return textPayload(linesOf(body, bounds));
}

/** The same, with a record of text for each line. */
export function parseTextRecords(body: Buffer, bounds: RecordBounds): Payload {
  return recordsPayload(linesOf(body, bounds).flatMap(textsOf));
}

function linesOf(body: Buffer, bounds: RecordBounds): readonly TextLines[] {
  const { maxRecordsPerRequest, maxRecordBytes } = bounds;
  if (!isUtf8(body)) throw firstNonUtf8(body);
  const cutter = new LineCutter({ maxLineBytes: maxRecordBytes });
  const pieces: readonly TextPiece[] = [...cutter.push(body), ...cutter.end()];
  const runs: TextLines[] = [];
  let count = 0;
  for (const piece of pieces) {
    if (piece.kind === 'long-line') throw recordTooLarge(maxRecordBytes, { index: count, line: count + 1 });
    count += piece.lineCount;
    if (count > maxRecordsPerRequest) throw tooManyRecords(maxRecordsPerRequest);
    runs.push(piece);
  }
  return runs;
}

function textsOf({ bytes, lineCount }: TextLines): readonly string[] {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    .toString('utf8')
    .split('\n', lineCount);
}

/** Looks for the first line that is no UTF-8, in a body that is none. */
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
