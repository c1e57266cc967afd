// Converts a record to the parts of a row, as the script takes them.
import { type RedisRowForm } from '../redis-sink.options.ts';

/** A value in Redis: texts and numbers become text in UTF-8. */
export type RedisValue = string | number | bigint | Uint8Array;

/** Fields with their values. */
export type RedisFields = Readonly<Record<string, RedisValue>>;

/** Some fields of a hash, which get these values; other fields of the hash stay. Null removes the hash. */
export interface RedisHashRow {
  readonly key: string;
  readonly fields: RedisFields | null;
}

/** A text or bytes under a key. Null removes the key. */
export interface RedisStringRow {
  readonly key: string;
  readonly value: RedisValue | null;
}

/** A row: fields for `stream`, a value for `list`, with a key of its own for `hash` and `string`. */
export type RedisRow = RedisFields | RedisValue | RedisHashRow | RedisStringRow;

/** A row as sent to the server. */
export interface RowParts {
  /** Behind the prefix; undefined for rows that are all in one key. */
  readonly key: string | undefined;
  /** Values, or names and values in turns; none removes the key. */
  readonly parts: readonly (string | Buffer)[];
}

/** The reason for refusing a record; becomes the reason in `MR_SINK_UNSUPPORTED_RECORD`. */
export class RefusedRedisRow extends TypeError {}

const KEY_CHARACTERS_MAX = 65_536;
/** Lua passes no more values to a command. */
const FIELDS_MAX = 3_500;

/** The parts of a row that a function of the program has made. @throws RefusedRedisRow */
export function partsOf(as: RedisRowForm, row: unknown): RowParts {
  switch (as) {
    case 'stream':
      return { key: undefined, parts: fieldParts(row) };
    case 'list':
      return { key: undefined, parts: [valuePart(row)] };
    case 'hash': {
      const { key, fields } = keyedRow(row, 'fields');
      return { key, parts: fields === null ? [] : fieldParts(fields) };
    }
    case 'string': {
      const { key, value } = keyedRow(row, 'value');
      return { key, parts: value === null ? [] : [valuePart(value)] };
    }
  }
}

/** The parts of a record without a function of the program: JSON. @throws RefusedRedisRow */
export function jsonParts(as: RedisRowForm, record: unknown): RowParts {
  if (as === 'hash' || as === 'string') return partsOf(as, record);
  const text = JSON.stringify(record) as string | undefined;
  if (text === undefined) throw new RefusedRedisRow(`expected a value that JSON has, got a ${typeof record}`);
  return { key: undefined, parts: as === 'stream' ? ['value', text] : [text] };
}

function keyedRow<K extends 'fields' | 'value'>(
  row: unknown,
  name: K,
): { readonly key: string } & Readonly<Record<K, unknown>> {
  const found = plainObject(row) as Readonly<Record<string, unknown>>;
  const { key } = found;
  const isKey =
    typeof key === 'string' && key !== '' && key.length <= KEY_CHARACTERS_MAX && key.isWellFormed();
  if (!isKey) throw new RefusedRedisRow('expected an object with a key, a text that is not empty');
  if (!Object.hasOwn(found, name)) throw new RefusedRedisRow(`expected an object with key and ${name}`);
  return { key, [name]: found[name] } as { readonly key: string } & Readonly<Record<K, unknown>>;
}

function fieldParts(fields: unknown): readonly (string | Buffer)[] {
  const entries = Object.entries(plainObject(fields));
  if (entries.length === 0 || entries.length > FIELDS_MAX)
    throw new RefusedRedisRow(`expected 1 to ${FIELDS_MAX} fields, got ${entries.length}`);
  return entries.flatMap(([name, value]) => [wellFormed(name), valuePart(value, name)]);
}

function plainObject(value: unknown): object {
  const prototype: unknown =
    typeof value === 'object' && value !== null ? Object.getPrototypeOf(value) : value;
  if (prototype === Object.prototype || (prototype === null && value !== null)) return value as object;
  throw new RefusedRedisRow('expected a plain object; give redisSink a function that makes one');
}

function valuePart(value: unknown, name?: string): string | Buffer {
  if (typeof value === 'string') return wellFormed(value);
  if (typeof value === 'bigint' || (typeof value === 'number' && Number.isFinite(value)))
    return String(value);
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  const where = name === undefined ? '' : ` in field ${JSON.stringify(name)}`;
  throw new RefusedRedisRow(
    `expected a text, a finite number or bytes${where}, got a value of type ${typeof value}`,
  );
}

function wellFormed(text: string): string {
  if (text.isWellFormed()) return text;
  throw new RefusedRedisRow('expected text without half of a surrogate pair');
}
