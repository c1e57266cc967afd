// Log fields in printable form: errors become plain data with code, details and causes, secrets are replaced, and every
// size is bounded. Fields are for a line, not for a dump.
import type { LogFields } from '../contracts/logger.ts';
import { serializeError } from '../errors/serialize-error.ts';
import { isError, messageOf, shortened } from '../errors/thrown-value.ts';
import { isSecretName, REDACTED, redactText } from '../text/redact.ts';

/** A value nested deeper is named and not written. */
const DEPTH_MAX = 6;
/** The number of written entries of one array, set, map or object. */
const ENTRIES_MAX = 100;
/** The number of written characters of one text; stacks are the longest texts. */
const TEXT_CHARACTERS_MAX = 16_384;

/** The printable fields. Never throws, changes nothing, makes copies. An unreadable value is named. */
export function printableFields(fields: LogFields): LogFields {
  try {
    return printableObject(fields, 0);
  } catch (error) {
    return { unprintable: messageOf(error) };
  }
}

/** The text of a line, without secrets and of bounded length. */
export function printableText(text: string): string {
  return redactText(shortened(text, TEXT_CHARACTERS_MAX));
}

function printable(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return printableText(value);
  if (typeof value === 'bigint') return value.toString().slice(0, 200);
  if (typeof value === 'symbol' || typeof value === 'function') return `[${typeof value}]`;
  if (typeof value !== 'object' || value === null) return value;
  try {
    return printableContainer(value, depth);
  } catch (error) {
    return `[unprintable: ${printableText(messageOf(error))}]`;
  }
}

function printableContainer(value: object, depth: number): unknown {
  if (isError(value)) return printableObject(serializeError(value), depth);
  if (depth >= DEPTH_MAX) return Array.isArray(value) ? '[array]' : '[object]';
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? '[invalid date]' : value.toISOString();
  if (value instanceof Map) return printableObject(Object.fromEntries(firstOf(value)), depth);
  if (value instanceof Set) return printableArray(firstOf(value), depth);
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (Array.isArray(value)) return printableArray(value.slice(0, ENTRIES_MAX), depth);
  const { toJSON } = value as { readonly toJSON?: unknown };
  // The object defines its own printed form; the result is treated like any other value.
  if (typeof toJSON === 'function') return printable(Reflect.apply(toJSON, value, ['']), depth + 1);
  return printableObject(value, depth);
}

function printableArray(values: readonly unknown[], depth: number): unknown[] {
  return values.map((element) => printable(element, depth + 1));
}

function printableObject(object: object, depth: number): Record<string, unknown> {
  const names = Object.keys(object).slice(0, ENTRIES_MAX);
  const entries = names.map((name) => {
    const value = propertyOrProblem(object, name);
    const isSecret = value !== undefined && value !== null && isSecretName(name);
    return [shortened(name, 200), isSecret ? REDACTED : printable(value, depth + 1)] as const;
  });
  return Object.fromEntries(entries);
}

function propertyOrProblem(object: object, name: string): unknown {
  try {
    return (object as Readonly<Record<string, unknown>>)[name];
  } catch (error) {
    return `[unprintable: ${messageOf(error)}]`;
  }
}

function firstOf<T>(values: Iterable<T>): T[] {
  const first: T[] = [];
  for (const value of values) {
    if (first.length === ENTRIES_MAX) break;
    first.push(value);
  }
  return first;
}
