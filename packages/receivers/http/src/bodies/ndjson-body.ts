// Newline-delimited JSON: a value a line. A line that is wrong harms no other, so it can be left out.
import { BYTE, skipSpace, withoutMark } from './json-bytes.ts';
import type { ParsingRoom } from './parsing-room.ts';
import type { Payload } from './payload.ts';
import { type RecordOptions, RecordCollector } from './record-collector.ts';

/** What finding a line costs, in units of a byte that is parsed. */
const LINE_UNITS = 16;

/** What parsing newline-delimited JSON takes. */
export interface NdjsonOptions extends RecordOptions {
  /** What a malformed or oversized line does: it refuses the body, or is left out and counted. */
  readonly onMalformed: 'refuse' | 'skip';
}

/**
 * Parses newline-delimited JSON in UTF-8. Lines of white space are passed over, the last line needs no line end.
 *
 * @throws `MR_HTTP_RECORD_MALFORMED`, `MR_HTTP_RECORD_TOO_LARGE` and `MR_HTTP_TOO_MANY_RECORDS`.
 */
export async function parseNdjson(body: Buffer, options: NdjsonOptions, room: ParsingRoom): Promise<Payload> {
  const bytes = withoutMark(body);
  const collector = new RecordCollector(bytes, { ...options, skips: options.onMalformed === 'skip' }, room);
  let line = 0;
  for (let start = 0; start < bytes.length;) {
    // Looking at one byte is faster than a native search, where lines are empty.
    const lineFeed = bytes[start] === BYTE.lineFeed ? start : bytes.indexOf(BYTE.lineFeed, start);
    const end = lineFeed === -1 ? bytes.length : lineFeed;
    line += 1;
    const isBlank = skipSpace(bytes, start, end) === end;
    const isSpent = isBlank ? room.isSpentAfter(end - start + LINE_UNITS) : collector.take(start, end, line);
    if (isSpent) await room.nextTurn();
    start = end + 1;
  }
  return collector.payload();
}
