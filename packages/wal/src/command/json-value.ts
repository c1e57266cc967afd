// Decoded values as JSON, for people and for other programs. Codecs support more values than JSON; a value without a
// JSON form becomes text or an object with a descriptive key. Nothing is thrown, because a payload may contain any
// value.

/** Deeper than the nesting of any Millrace codec; bytes with deliberate deep nesting must not exhaust the stack. */
const DEPTH_MAX = 200;

/**
 * A value with an exact JSON form. Byte arrays become `{ base64 }`, times ISO text, maps and sets their entries; values
 * below 200 levels are omitted.
 */
export function jsonValue(value: unknown, depth = 0): unknown {
  switch (typeof value) {
    case 'bigint':
      return `${value}n`;
    case 'number':
      return Number.isFinite(value) ? value : String(value);
    case 'undefined':
      return null;
    case 'object':
      return value === null ? null : jsonObject(value, depth);
    default:
      return value;
  }
}

function jsonObject(value: object, depth: number): unknown {
  if (depth === DEPTH_MAX) return '…';
  const within = (inner: unknown) => jsonValue(inner, depth + 1);
  if (Array.isArray(value)) return value.map(within);
  if (value instanceof Map) return { map: [...value].map(within) };
  if (value instanceof Set) return { set: [...value].map(within) };
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString();
  if (value instanceof RegExp || value instanceof Error) return String(value);
  if (ArrayBuffer.isView(value)) return { base64: base64(value) };
  if (value instanceof ArrayBuffer) return { base64: base64(new Uint8Array(value)) };
  // Defines each key, so that a key named __proto__ stays data.
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, within(inner)]));
}

/** Bytes as base64. */
export function base64(bytes: ArrayBufferView): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}
