// Options as data: a frozen copy for the plugin, and a copy for people with replaced secrets.
//
// Only plain objects and arrays are copied. Any other object in the options (a client, a buffer, a function) stays the
// caller's object: it is passed on unchanged, and printed by its kind alone, since it may contain secrets of its own.

import { isSecretName, redactText } from '../text/redact.ts';

/** The replacement for a secret in printed options. */
export const HIDDEN = '***';

/**
 * Copies plain objects and arrays to any depth and freezes the copy. The caller's own objects stay unfrozen, and later
 * changes to these objects have no effect here.
 */
export function frozenCopy<T>(value: T): T {
  return copy(value, new Map()) as T;
}

function copy(value: unknown, seen: Map<object, unknown>): unknown {
  if (!isPlain(value)) return value;
  const known = seen.get(value);
  if (known !== undefined) return known;
  const result: object = Array.isArray(value) ? [] : (Object.create(Object.getPrototypeOf(value)) as object);
  seen.set(value, result);
  for (const [key, child] of Object.entries(value)) {
    // Defined, not assigned: a key named `__proto__` stays an ordinary key.
    Object.defineProperty(result, key, { value: copy(child, seen), enumerable: true });
  }
  return Object.freeze(result);
}

/**
 * A copy for people: replaced are values under one of the names in `secrets` or under a secret-looking name, and user
 * info inside URLs, at any depth.
 */
export function printable(value: unknown, secrets: ReadonlySet<string>): unknown {
  return print(value, secrets, []);
}

function print(value: unknown, secrets: ReadonlySet<string>, above: readonly object[]): unknown {
  if (!isPlain(value)) return printLeaf(value);
  if (above.includes(value)) return '[circular]';
  const inside = [...above, value];
  if (Array.isArray(value)) return value.map((item) => print(item, secrets, inside));
  return Object.fromEntries(
    Object.entries(value).map(([key, child]) => [
      key,
      secrets.has(key) || (isSecretName(key) && isGiven(child)) ? HIDDEN : print(child, secrets, inside),
    ]),
  );
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function printLeaf(value: unknown): unknown {
  if (typeof value === 'string') return redactText(value);
  if (typeof value === 'function') return '[function]';
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Uint8Array) return `[${value.byteLength} bytes]`;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? '[invalid date]' : value.toISOString();
  return `[${value.constructor?.name ?? 'object'}]`;
}

/**
 * Every text under one of the names in `secrets`, at any depth: the texts that no message may repeat. A part that throws when
 * read is passed over. Never throws.
 */
export function secretTexts(value: unknown, secrets: ReadonlySet<string>): readonly string[] {
  const found = new Set<string>();
  const seen = new Set<object>();
  const waiting: Looked[] = [{ value, isSecret: false }];
  for (const { value: part, isSecret } of waiting) {
    if (isSecret && (typeof part === 'string' || typeof part === 'number' || typeof part === 'bigint')) {
      if (part !== '') found.add(String(part));
    }
    for (const [key, child] of entriesOf(part, seen)) {
      waiting.push({ value: child, isSecret: isSecret || secrets.has(key) });
    }
  }
  return [...found];
}

interface Looked {
  readonly value: unknown;
  readonly isSecret: boolean;
}

function entriesOf(value: unknown, seen: Set<object>): readonly (readonly [string, unknown])[] {
  try {
    if (!isPlain(value) || seen.has(value)) return [];
    seen.add(value);
    return Object.keys(value).map((key) => [key, childOf(value, key)]);
  } catch {
    return [];
  }
}

/** One getter that throws hides no secret beside it. */
function childOf(value: object, key: string): unknown {
  try {
    return (value as Readonly<Record<string, unknown>>)[key];
  } catch {
    return undefined;
  }
}

function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray(value)) return true;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
