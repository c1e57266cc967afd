// The interface of the parsers of this package, which turn bytes into records, chunk by chunk. A parser is pure: bytes
// go in, completed records come out, and a parser neither reads files nor waits. There is one parser for each of three
// formats, and the rest of the package knows none by name.
import type { MillraceError } from '@millrace/core';

/** A record as in the file: fields by name. The values of a CSV file are strings. */
export type ReplayRecord = Readonly<Record<string, unknown>>;

/** A place in the file. */
export interface RecordPosition {
  /** The number of the record in the file, from 0; malformed records count, empty lines and a header do not. */
  readonly index: number;
  /** The last line of the record, from 1; absent in formats without lines. */
  readonly line?: number;
}

/** One result of a parser. */
export type ParsedItem =
  | { readonly kind: 'record'; readonly position: RecordPosition; readonly record: ReplayRecord }
  /** A record that cannot be read; the ones after it can. */
  | { readonly kind: 'malformed'; readonly position: RecordPosition; readonly problem: string }
  /** Nothing after this place can be read. Always the last item. */
  | { readonly kind: 'unreadable'; readonly error: MillraceError };

/** Turns the bytes of one file into records. Memory is bounded by one chunk and one record. */
export interface RecordParser {
  /** Takes the next bytes, in order, and returns the completed results. Never called again after `unreadable`. */
  write(chunk: Uint8Array): ParsedItem[];

  /** Ends the input and returns the results still open. Called once, at the end. */
  end(): ParsedItem[];
}

/** A position in words, for messages: `record 3 (line 5)`, both counted from 1. */
export function describePosition(position: RecordPosition): string {
  const line = position.line === undefined ? '' : ` (line ${position.line})`;
  return `record ${position.index + 1}${line}`;
}

/** True when a parsed value has fields. */
export function isRecord(value: unknown): value is ReplayRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
