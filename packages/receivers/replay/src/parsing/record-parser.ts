// The parsers of this package turn bytes into records, chunk by chunk. They are pure: they are handed bytes and
// answer what these complete, they read no file and never wait. Three of them exist, one for each format, and the
// rest of the package knows none of them by name.
import type { MillraceError } from '@millrace/core';

/** A record as the file holds it: fields by name. The values of a CSV file are strings. */
export type ReplayRecord = Readonly<Record<string, unknown>>;

/** Where something stands in the file. */
export interface RecordPosition {
  /** The number of the record in the file, from 0; malformed ones count, empty lines and a header do not. */
  readonly index: number;
  /** The line on which it ends, from 1; absent where a format has no lines. */
  readonly line?: number;
}

/** One thing that a parser found. */
export type ParsedItem =
  | { readonly kind: 'record'; readonly position: RecordPosition; readonly record: ReplayRecord }
  /** A record that cannot be read; the ones after it can. */
  | { readonly kind: 'malformed'; readonly position: RecordPosition; readonly problem: string }
  /** Nothing after this place can be read. Always the last item. */
  | { readonly kind: 'unreadable'; readonly error: MillraceError };

/** Turns the bytes of one file into records. Memory is bounded by one chunk and one record. */
export interface RecordParser {
  /** Takes the next bytes, in order, and answers what they complete. Never called again after `unreadable`. */
  write(chunk: Uint8Array): ParsedItem[];

  /** Says that there are no more bytes and answers what was still open. Called once, at the end. */
  end(): ParsedItem[];
}

/** A position in words, for messages: `record 3 (line 5)`, both counted from 1. */
export function describePosition(position: RecordPosition): string {
  const line = position.line === undefined ? '' : ` (line ${position.line})`;
  return `record ${position.index + 1}${line}`;
}

/** Whether a parsed value has fields at all. */
export function isRecord(value: unknown): value is ReplayRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
