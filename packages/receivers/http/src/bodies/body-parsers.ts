// Parsers by content type. The two receivers of this package differ in their parsers only.
import type { HttpOptions, HttpRecordsOptions } from '../http.options.ts';
import { parseJson } from './json-body.ts';
import { parseNdjson } from './ndjson-body.ts';
import type { BodyParser } from './payload.ts';
import { RecordValidator } from './record-validator.ts';
import { parseText, parseTextRecords } from './text-body.ts';

/** Names of newline-delimited JSON in use; none is registered. */
const NDJSON_TYPES = [
  'application/x-ndjson',
  'application/ndjson',
  'application/jsonl',
  'application/x-jsonl',
  'application/jsonlines',
  'application/x-jsonlines',
  'application/json-lines',
  'application/x-json-lines',
  'application/stream+json',
] as const;

/** A type that is JSON by its suffix (RFC 6839), for instance `application/cloudevents-batch+json`. */
const JSON_SUFFIX = /\+json$/;

/** Finds the parser for a content type. */
export interface BodyParsers {
  /** Types for the header `Accept-Post`. */
  readonly types: readonly string[];
  /** The parser for a media type in lower case; undefined for a type that no parser reads. */
  for(type: string): BodyParser | undefined;
}

/** For a stream of records: newline-delimited JSON, JSON, and lines of text as strings. */
export function recordParsers(options: HttpRecordsOptions): BodyParsers {
  const { validate, onInvalid } = options;
  const validator = validate === undefined ? undefined : new RecordValidator(validate, onInvalid);
  const parsing = { ...options, validator };
  const json: BodyParser = (body, room) => parseJson(body, parsing, room);
  const ndjson: BodyParser = (body, room) => parseNdjson(body, parsing, room);
  const parsers = new Map<string, BodyParser>([
    ['application/json', json],
    ['text/json', json],
    ['text/plain', (body, room) => parseTextRecords(body, parsing, room)],
    ...NDJSON_TYPES.map((type) => [type, ndjson] as const),
  ]);
  return {
    types: ['application/x-ndjson', 'application/json', 'text/plain'],
    for: (type) => parsers.get(type) ?? (JSON_SUFFIX.test(type) ? json : undefined),
  };
}

/** For a stream of text: lines that stay bytes. */
export function textParsers(options: HttpOptions): BodyParsers {
  const text: BodyParser = (body, room) => parseText(body, options, room);
  return { types: ['text/plain'], for: (type) => (type === 'text/plain' ? text : undefined) };
}
