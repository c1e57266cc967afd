// Which parser reads which content type. The two receivers of this package differ in this and in nothing else.
import type { HttpOptions, HttpRecordsOptions } from '../http.options.ts';
import { parseJson } from './json-body.ts';
import { parseNdjson } from './ndjson-body.ts';
import type { BodyParser } from './payload.ts';
import { parseText, parseTextRecords } from './text-body.ts';

/** Parsers by media type, in lower case. */
export type BodyParsers = ReadonlyMap<string, BodyParser>;

/** For a stream of records: newline-delimited JSON, JSON, and lines of text as strings. */
export function recordParsers(options: HttpRecordsOptions): BodyParsers {
  return new Map<string, BodyParser>([
    ['application/x-ndjson', (body) => parseNdjson(body, options)],
    ['application/json', (body) => parseJson(body, options)],
    ['text/plain', (body) => parseTextRecords(body, options)],
  ]);
}

/** For a stream of text: lines that stay bytes. */
export function textParsers(options: HttpOptions): BodyParsers {
  return new Map<string, BodyParser>([['text/plain', (body) => parseText(body, options)]]);
}
