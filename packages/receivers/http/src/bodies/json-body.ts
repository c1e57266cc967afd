// One JSON text: an array of records, or one object, which is one record. An array is cut into its elements first and
// each element is parsed separately. The cutting costs one look at every byte and provides two facts that parsing the
// whole text cannot: the place of the first wrong record, and the size of each record.
//
//   [ {"a":[1,2]} , {"b":"]"} ]      cut at commas and at the end, on the level of the array, outside of strings
//     └────────┘   └───────┘
//
// Cutting treats `[` and `{` as equal. A text that mixes the two up is cut in odd places, and then one of its elements
// is not JSON: the cutter need not understand its input, because the parser does.
import { httpError } from '../http-errors.ts';
import { BYTE, endOfString, skipSpace, withoutMark } from './json-bytes.ts';
import type { ParsingRoom } from './parsing-room.ts';
import type { Payload } from './payload.ts';
import { type RecordOptions, RecordCollector } from './record-collector.ts';

/**
 * Parses a JSON array of records, or one object, in UTF-8.
 *
 * @throws `MR_HTTP_BODY_MALFORMED` for any other text; `MR_HTTP_RECORD_MALFORMED`, `MR_HTTP_RECORD_TOO_LARGE` and
 *   `MR_HTTP_TOO_MANY_RECORDS`.
 */
export async function parseJson(body: Buffer, options: RecordOptions, room: ParsingRoom): Promise<Payload> {
  const bytes = withoutMark(body);
  const start = skipSpace(bytes, 0, bytes.length);
  const collector = new RecordCollector(bytes, { ...options, skips: false }, room);
  if (bytes[start] === BYTE.openBracket) await takeElements(bytes, start, { collector, room });
  else if (bytes[start] === BYTE.openBrace) collector.take(start, bytes.length);
  else throw httpError('MR_HTTP_BODY_MALFORMED', 'expected a JSON array of records, or one object');
  return await collector.payload();
}

/**
 * Takes every element of the array that opens at `open`, up to the array's end, which has to be the end of the text.
 */
async function takeElements(
  bytes: Buffer,
  open: number,
  { collector, room }: { readonly collector: RecordCollector; readonly room: ParsingRoom },
): Promise<void> {
  let start = open + 1;
  let depth = 0;
  for (let at = open; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (byte === BYTE.quote) {
      at = endOfString(bytes, at);
    } else if (byte === BYTE.openBracket || byte === BYTE.openBrace) {
      depth += 1;
    } else if (byte === BYTE.comma && depth === 1) {
      if (collector.take(start, at)) await room.nextTurn();
      start = at + 1;
    } else if (byte === BYTE.closeBracket || byte === BYTE.closeBrace) {
      depth -= 1;
      if (depth === 0) return takeLast(bytes, { start, end: at }, collector);
    }
  }
  throw collector.malformed('expected the array to be closed by ], the body ends before');
}

/** Takes the element before the closing bracket; an array may also be empty. */
function takeLast(
  bytes: Buffer,
  last: { readonly start: number; readonly end: number },
  collector: RecordCollector,
): void {
  const { start, end } = last;
  const isEmptyArray = collector.count === 0 && skipSpace(bytes, start, end) === end;
  if (!isEmptyArray) collector.take(start, end);
  const isClosed = bytes[end] === BYTE.closeBracket;
  if (!isClosed) throw httpError('MR_HTTP_BODY_MALFORMED', 'expected the array to be closed by ], got }');
  if (skipSpace(bytes, end + 1, bytes.length) === bytes.length) return;
  throw httpError('MR_HTTP_BODY_MALFORMED', 'expected nothing after the array, got more');
}
