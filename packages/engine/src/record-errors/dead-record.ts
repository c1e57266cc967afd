// A record and its error in a form that every sink can write and every connection can carry: plain text of bounded size
// wherever the record itself is no data. Nothing here throws, whatever the record and the error are.
import type { Codec } from '@millrace/core';
import {
  type DeadRecord,
  escapeControls,
  isThenable,
  recordText,
  serializeError,
} from '@millrace/core/engine';

/** The most characters of a reason. */
const REASON_CHARACTERS_MAX = 1_024;
/** The most characters of a stack. */
const STACK_CHARACTERS_MAX = 4_096;
/** The deepest record that is written as JSON. */
const LEVELS_MAX = 100;

/** Makes the dead letter's part that depends on the record and the error. */
export function deadRecord(record: unknown, error: unknown, codec: Codec): DeadRecord {
  return { ...recordIn(codec, record), reason: reasonOf(error), error: errorOf(error) };
}

/** The error in one line of at most 1,024 characters, without control characters. */
export function reasonOf(error: unknown): string {
  const { name, message, code } = serializeError(error);
  const text = escapeControls(`${code ?? name}: ${message}`.toWellFormed());
  return text.length <= REASON_CHARACTERS_MAX ? text : `${text.slice(0, REASON_CHARACTERS_MAX - 1)}…`;
}

/** The engine drops a thrown promise; its rejection must not end the process as well. */
export function ignoreRejection(thrown: unknown): void {
  try {
    if (isThenable(thrown)) Promise.resolve(thrown).then(undefined, () => undefined);
  } catch {
    // A getter named `then` that throws: there is no promise.
  }
}

function recordIn(codec: Codec, record: unknown): Pick<DeadRecord, 'record' | 'recordForm'> {
  const json = jsonOf(record);
  if (json !== undefined) return { record: json, recordForm: 'json' };
  const bytes = bytesOf(codec, record);
  if (bytes !== undefined) return { record: bytes, recordForm: 'codec' };
  return { record: recordText(record), recordForm: 'text' };
}

/** The record as JSON; undefined when JSON would give another record back. */
function jsonOf(record: unknown): string | undefined {
  try {
    return isJson(record, 0) ? JSON.stringify(record) : undefined;
  } catch {
    return undefined;
  }
}

function isJson(value: unknown, level: number): boolean {
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return true;
  if (typeof value === 'number') return Number.isFinite(value) && !Object.is(value, -0);
  if (typeof value !== 'object' || level > LEVELS_MAX) return false;
  if (Array.isArray(value)) return value.every((item) => isJson(item, level + 1)) && !hasHoles(value);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return false;
  // A field without a value is left out, and is read back as undefined.
  return Object.entries(value).every(
    ([name, field]) => name !== 'toJSON' && (field === undefined || isJson(field, level + 1)),
  );
}

function hasHoles(items: readonly unknown[]): boolean {
  return Object.keys(items).length !== items.length;
}

function bytesOf(codec: Codec, record: unknown): string | undefined {
  try {
    return Buffer.from(codec.encodeRecords([record])).toString('base64');
  } catch {
    return undefined;
  }
}

/** The error as JSON data: a sink that writes JSON takes no other values. */
function errorOf(error: unknown): DeadRecord['error'] {
  const serialized = serializeError(error);
  const { stack } = serialized;
  const short =
    stack === undefined ? serialized : { ...serialized, stack: stack.slice(0, STACK_CHARACTERS_MAX) };
  // Serialized errors are bounded, and so is their copy.
  return jsonData(short) as DeadRecord['error'];
}

function jsonData(value: unknown): unknown {
  if (typeof value === 'string') return value.toWellFormed();
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (typeof value === 'boolean' || value === null) return value;
  if (typeof value !== 'object') return recordText(value);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString();
  if (Array.isArray(value) || value instanceof Set) return Array.from(value, jsonData);
  if (value instanceof Map) return Array.from(value, ([key, item]) => [jsonData(key), jsonData(item)]);
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, field]) => field !== undefined)
      .map(([name, field]) => [name.toWellFormed(), jsonData(field)]),
  );
}
