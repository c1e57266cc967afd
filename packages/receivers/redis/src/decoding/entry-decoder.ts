// The record of an entry: the value of one field, an object of all fields, or either with the place of the entry.
import { MalformedValue, textValueDecoder, valueDecoder } from '@millrace/core/engine';
import { isUtf8 } from 'node:buffer';
import { timestampOf } from '../connection/entry-id.ts';
import { ALL_FIELDS, type RedisEntryOptions } from './entry-options.ts';

/** A record with `record: 'full'`. */
export interface RedisEntry<V = unknown> {
  /** In the form of the options `value` and `field`. */
  readonly value: V;
  /** The key of the stream. */
  readonly stream: string;
  /** The id of the entry, for instance `1717171717171-3`. */
  readonly id: string;
  /** The first number of the id: milliseconds since 1970, unless the writer has chosen ids of its own. */
  readonly timestampMs: number;
}

/** An entry to a record, or to a `MalformedValue`. `fields`: names and values in turns. */
export type DecodeEntry = (id: string, fields: readonly Buffer[]) => unknown;

/** Like `DecodeEntry`; undefined when only the bytes of the entry can tell. */
export type DecodeTextEntry = (id: string, fields: readonly string[]) => unknown;

/** The reading of names and values. `Part`: a name or a value as it came. */
interface PartReading<Part> {
  /** The value in a part, or a `MalformedValue`; undefined when only the bytes can tell. */
  readonly valueOf: (part: Part) => unknown;
  /** The name in a part, or the problem; undefined when only the bytes can tell. */
  readonly nameOf: (part: Part) => string | MalformedValue | undefined;
  /** Tells a name from others. */
  readonly isName: (name: string) => (part: Part) => boolean;
}

const WRONG_NAME = new MalformedValue('expected names of fields in UTF-8, each once, without __proto__');
const takeText = textValueDecoder('text');

/** Makes the decoder of the entries of one stream. */
export function entryDecoder(options: RedisEntryOptions, stream: string): DecodeEntry {
  const valueOf = valueDecoder(options.value);
  const nameOf = (part: Buffer) => (isUtf8(part) ? part.toString() : WRONG_NAME);
  return decoderOf<Buffer>(options, stream, { valueOf, nameOf, isName: isNameOf });
}

/** Makes the decoder of the entries of one stream that come as texts; undefined when every entry needs its bytes. */
export function textEntryDecoder(options: RedisEntryOptions, stream: string): DecodeTextEntry | undefined {
  if (options.value === 'bytes' || takeText(options.field) === undefined) return undefined;
  const valueOf = textValueDecoder(options.value);
  const nameOf = (part: string) => takeText(part) as string | undefined;
  const isName = (name: string) => (part: string) => part === name;
  return decoderOf<string>(options, stream, { valueOf, nameOf, isName });
}

function decoderOf<Part>(options: RedisEntryOptions, stream: string, reading: PartReading<Part>) {
  const decodeFields = options.field === ALL_FIELDS ? allFields(reading) : oneField(options.field, reading);
  if (options.record === 'value') return (_: string, fields: readonly Part[]) => decodeFields(fields);
  return (id: string, fields: readonly Part[]) => {
    const value = decodeFields(fields);
    if (value === undefined || value instanceof MalformedValue) return value;
    return { value, stream, id, timestampMs: timestampOf(id) };
  };
}

function oneField<Part>(field: string, { valueOf, isName }: PartReading<Part>) {
  const isField = isName(field);
  const missing = new MalformedValue(`expected a field ${JSON.stringify(field)}`);
  return (fields: readonly Part[]): unknown => {
    for (let at = 0; at + 1 < fields.length; at += 2) {
      if (isField(fields[at] as Part)) return valueOf(fields[at + 1] as Part);
    }
    return missing;
  };
}

/** For short names, faster than a call into Node. */
function isNameOf(name: string): (part: Buffer) => boolean {
  const bytes = Buffer.from(name);
  return (part) => {
    if (part.length !== bytes.length) return false;
    for (let at = 0; at < part.length; at += 1) if (part[at] !== bytes[at]) return false;
    return true;
  };
}

function allFields<Part>({ valueOf, nameOf }: PartReading<Part>) {
  return (fields: readonly Part[]): unknown => {
    const record: Record<string, unknown> = {};
    for (let at = 0; at + 1 < fields.length; at += 2) {
      const name = nameOf(fields[at] as Part);
      if (typeof name !== 'string') return name;
      if (name === '__proto__' || Object.hasOwn(record, name)) return WRONG_NAME;
      const value = valueOf(fields[at + 1] as Part);
      if (value === undefined || value instanceof MalformedValue) return value;
      record[name] = value;
    }
    return record;
  };
}
