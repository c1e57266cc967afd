// Newline-delimited JSON: a value a line. A line that is wrong harms no other, so it can be left out.
import { BYTE, skipSpace, withoutMark } from './json-bytes.ts';
import type { Payload } from './payload.ts';
import { type RecordBounds, RecordCollector } from './record-collector.ts';

/** What parsing newline-delimited JSON takes. */
export interface NdjsonOptions extends RecordBounds {
  /** What a malformed or oversized line does: it refuses the body, or is left out and counted. */
  readonly onMalformed: 'refuse' | 'skip';
}

/**
 * Parses newline-delimited JSON in UTF-8. Lines of white space are passed over, the last line needs no line end.
 *
 * @throws `MR_HTTP_RECORD_MALFORMED`, `MR_HTTP_RECORD_TOO_LARGE` and `MR_HTTP_TOO_MANY_RECORDS`.
 */
export function parseNdjson(body: Buffer, options: NdjsonOptions): Payload {
  const bytes = withoutMark(body);
  const collector = new RecordCollector(bytes, { ...options, skips: options.onMalformed === 'skip' });
  let line = 0;
  for (let start = 0; start < bytes.length;) {
    const lineFeed = bytes.indexOf(BYTE.lineFeed, start);
    const end = lineFeed === -1 ? bytes.length : lineFeed;
    line += 1;
    if (skipSpace(bytes, start, end) < end) collector.take(start, end, line);
    start = end + 1;
  }
  return collector.payload();
}
