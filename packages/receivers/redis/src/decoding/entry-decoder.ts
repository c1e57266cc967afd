// The record of an entry: the value of one field, an object of all fields, or either with the place of the entry.
import { MalformedValue, valueDecoder } from '@millrace/core/engine';
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

const WRONG_NAME = new MalformedValue('expected names of fields in UTF-8, each once, without __proto__');

/** Makes the decoder of the entries of one stream. */
export function entryDecoder(options: RedisEntryOptions, stream: string): DecodeEntry {
  const decodeFields = options.field === ALL_FIELDS ? allFields(options) : oneField(options);
  if (options.record === 'value') return (_, fields) => decodeFields(fields);
  return (id, fields) => {
    const value = decodeFields(fields);
    if (value instanceof MalformedValue) return value;
    return { value, stream, id, timestampMs: timestampOf(id) };
  };
}

function oneField({ field, value: form }: RedisEntryOptions): (fields: readonly Buffer[]) => unknown {
  const decode = valueDecoder(form);
  const name = Buffer.from(field);
  const missing = new MalformedValue(`expected a field ${JSON.stringify(field)}`);
  return (fields) => {
    for (let at = 0; at + 1 < fields.length; at += 2) {
      if (isSame(fields[at] as Buffer, name)) return decode(fields[at + 1] as Buffer);
    }
    return missing;
  };
}

/** For short names, faster than a call into Node. */
function isSame(a: Buffer, b: Buffer): boolean {
  if (a.length !== b.length) return false;
  for (let at = 0; at < a.length; at += 1) if (a[at] !== b[at]) return false;
  return true;
}

function allFields({ value: form }: RedisEntryOptions): (fields: readonly Buffer[]) => unknown {
  const decode = valueDecoder(form);
  return (fields) => {
    const record: Record<string, unknown> = {};
    for (let at = 0; at + 1 < fields.length; at += 2) {
      const bytes = fields[at] as Buffer;
      if (!isUtf8(bytes)) return WRONG_NAME;
      const name = bytes.toString();
      if (name === '__proto__' || Object.hasOwn(record, name)) return WRONG_NAME;
      const value = decode(fields[at + 1] as Buffer);
      if (value instanceof MalformedValue) return value;
      record[name] = value;
    }
    return record;
  };
}
