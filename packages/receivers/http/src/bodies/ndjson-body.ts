// Newline-delimited JSON: one value per line. A wrong line harms no other line, so the line can be left out.
import { BYTE, skipSpace, withoutMark } from './json-bytes.ts';
import type { ParsingRoom } from './parsing-room.ts';
import type { Payload } from './payload.ts';
import { type RecordOptions, RecordCollector } from './record-collector.ts';

/** The cost of finding a line, in units of one parsed byte. */
const LINE_UNITS = 16;

/** Options of parsing newline-delimited JSON. */
export interface NdjsonOptions extends RecordOptions {
  /** The reaction to a malformed or oversized line: the body is refused, or the line is left out and counted. */
  readonly onMalformed: 'refuse' | 'skip';
}

/**
 * Parses newline-delimited JSON in UTF-8. Lines of white space are skipped, and the last line needs no line end.
 *
 * @throws `MR_HTTP_RECORD_MALFORMED`, `MR_HTTP_RECORD_TOO_LARGE` and `MR_HTTP_TOO_MANY_RECORDS`.
 */
export async function parseNdjson(body: Buffer, options: NdjsonOptions, room: ParsingRoom): Promise<Payload> {
  const bytes = withoutMark(body);
  const collector = new RecordCollector(bytes, { ...options, skips: options.onMalformed === 'skip' }, room);
  let line = 0;
  for (let start = 0; start < bytes.length;) {
    // Reading one byte is faster than a native search for empty lines.
    const lineFeed = bytes[start] === BYTE.lineFeed ? start : bytes.indexOf(BYTE.lineFeed, start);
    const end = lineFeed === -1 ? bytes.length : lineFeed;
    line += 1;
    const isBlank = skipSpace(bytes, start, end) === end;
    const isSpent = isBlank ? room.isSpentAfter(end - start + LINE_UNITS) : collector.take(start, end, line);
    if (isSpent) await room.nextTurn();
    start = end + 1;
  }
  return await collector.payload();
}
