// Equality of keys. A key is data: strings, numbers, bigints, booleans, null, undefined, and arrays and plain
// objects of these. Keys are equal when their values are, never because they are the same object, and the answer is
// the same on every executor. As in a `Map`, NaN equals NaN and -0 equals 0; 1, '1', 1n and true are four keys. The
// order in which an object got its properties means nothing; a property that is undefined is a property.
//
// Composite keys are compared by one text for each value. Every part of the text states its own length or ends with
// a mark that the part cannot contain, so that two different values never have the same text.
import { rddError } from './rdd-errors.ts';

/** Largest nesting depth of a key. Deeper keys and circular keys are refused. */
const maxDepth = 32;

/** Whether two keys are equal by value. */
export function keysEqual(left: unknown, right: unknown): boolean {
  return canonicalKey(left) === canonicalKey(right);
}

/**
 * The text of a key: equal keys have equal texts, different keys different texts.
 *
 * @throws `MR_RDD_UNSUPPORTED_KEY` with the path to the unsupported part of the key.
 */
export function canonicalKey(key: unknown): string {
  return textOf(key, 'key', 0);
}

function textOf(value: unknown, path: string, depth: number): string {
  switch (typeof value) {
    case 'string':
      return `s${value.length}:${value}`;
    case 'number':
      return value === 0 ? 'n0;' : `n${value};`;
    case 'bigint':
      return `i${value};`;
    case 'boolean':
      return value ? 't' : 'f';
    case 'undefined':
      return 'u';
    case 'object':
    case 'function':
    case 'symbol':
      break;
  }
  if (value === null) return 'z';
  if (typeof value !== 'object') throw unsupportedKey(value, path);
  return textOfObject(value, path, depth);
}

function textOfObject(value: object, path: string, depth: number): string {
  if (depth >= maxDepth) throw unsupportedKey(value, path, `something nested deeper than ${maxDepth}`);
  if (Array.isArray(value)) {
    const parts = Array.from(value, (part: unknown, index) => textOf(part, `${path}[${index}]`, depth + 1));
    return `[${parts.length}:${parts.join('')}`;
  }
  if (!isPlainObject(value)) throw unsupportedKey(value, path);
  // Sorted by code units, with the same result everywhere; `localeCompare` depends on the locale.
  const names = Object.keys(value).sort();
  const parts = names.map((name) => {
    const part = (value as Record<string, unknown>)[name];
    return `${name.length}:${name}${textOf(part, `${path}.${name}`, depth + 1)}`;
  });
  return `{${names.length}:${parts.join('')}`;
}

function isPlainObject(value: object): boolean {
  if (Object.getOwnPropertySymbols(value).length > 0) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  // The root prototype of another realm (a thread's message, a test's sandbox) is accepted like the own one.
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** The error for a value that cannot be a key or a part of a key. */
export function unsupportedKey(value: unknown, path = 'key', what = describe(value)): Error {
  return rddError(
    'MR_RDD_UNSUPPORTED_KEY',
    `expected a key of strings, numbers, bigints, booleans, null, arrays and plain objects, got ${what} at ${path}; convert it`,
    { details: { path, what } },
  );
}

function describe(value: unknown): string {
  if (typeof value !== 'object' || value === null) return `a ${typeof value}`;
  const name = (value.constructor as { readonly name?: unknown } | undefined)?.name;
  return typeof name === 'string' && name !== '' && name !== 'Object'
    ? `a ${name}`
    : 'an object that is not plain';
}
