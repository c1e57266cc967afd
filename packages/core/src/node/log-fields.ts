// Log fields, made fit for a log: errors become plain data with code, details and causes, and what looks like a
// secret is replaced. Secrets have no business in fields at all; but fields come from everywhere, from options and
// from errors of libraries too, and a password in a log is not taken back.
import type { LogFields } from '../contracts/logger.ts';
import { serializeError } from '../errors/millrace-error.ts';

const REDACTED = '[redacted]';

/** Deeper than this a value is named and not written: fields are for a line, not for a dump. */
const DEPTH_MAX = 6;

const SECRET_KEY = /passw(or)?d|passphrase|token|secret|authorization|api[-_]?key|credential|cookie/i;

/** The fields as they may be written. Never throws, changes nothing, makes copies. */
export function printableFields(fields: LogFields): LogFields {
  try {
    return printableObject(fields, 0);
  } catch (error) {
    // A getter or a proxy that throws: the line itself still has to be written.
    return { unprintable: String(error) };
  }
}

function printable(value: unknown, depth: number): unknown {
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= DEPTH_MAX) return Array.isArray(value) ? '[array]' : '[object]';
  if (value instanceof Error) return printableObject(serializeError(value), depth);
  if (value instanceof Map) return printableObject(Object.fromEntries(value), depth);
  if (value instanceof Set) return Array.from(value, (element) => printable(element, depth + 1));
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (Array.isArray(value)) return value.map((element) => printable(element, depth + 1));
  // A date and the like: what says for itself how it is written.
  if (typeof (value as { toJSON?: unknown }).toJSON === 'function') return value;
  return printableObject(value, depth);
}

function printableObject(object: object, depth: number): Record<string, unknown> {
  const entries = Object.entries(object).map(([key, value]: [string, unknown]) => {
    const isSecret = SECRET_KEY.test(key) && value !== undefined && value !== null;
    return [key, isSecret ? REDACTED : printable(value, depth + 1)] as const;
  });
  return Object.fromEntries(entries);
}
