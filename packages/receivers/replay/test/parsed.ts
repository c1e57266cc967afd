// Passes a text to a parser in chunks of a chosen size, which may cut lines, fields and characters anywhere.
import type { ParsedItem, RecordParser, ReplayRecord } from '../src/parsing/record-parser.ts';

/** All results of the parser for the text. Ends, as the receiver does, when the rest is unreadable. */
export function parsed(parser: RecordParser, text: string, chunkBytes = 64 * 1_024): ParsedItem[] {
  const bytes = Buffer.from(text);
  const items: ParsedItem[] = [];
  for (let from = 0; from < bytes.length; from += chunkBytes) {
    items.push(...parser.write(Uint8Array.from(bytes.subarray(from, from + chunkBytes))));
    if (items.at(-1)?.kind === 'unreadable') return items;
  }
  items.push(...parser.end());
  return items;
}

/** Only the records among the results. */
export function records(items: readonly ParsedItem[]): ReplayRecord[] {
  return items.flatMap((item) => (item.kind === 'record' ? [item.record] : []));
}
