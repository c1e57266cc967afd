// Records as JSON that comes back as the same value. A value that JSON would change or lose silently is refused.
import { valueKind } from '../text/value-kind.ts';

/**
 * The text of a value, as `JSON.stringify` writes it, with `-0` for a negative zero. Undefined fields are left out, and a value
 * with `toJSON`, such as a date, is written in its own form.
 *
 * @throws TypeError with the reason for a value that would come back as another one: NaN, infinities, bigints, functions,
 *   undefined in arrays, maps, sets, instances of classes, lone surrogates, circles.
 */
export function exactJson(value: unknown): string {
  // `stringify` returns undefined for a function or a symbol, against its declared type, and throws on a circle.
  const json = JSON.stringify(value) as string | undefined;
  if (json === undefined) throw new TypeError(`${valueKind(value)} has no form in JSON`);
  const hasNegativeZero = look(value, 'record', '');
  return hasNegativeZero ? withNegativeZeros(value) : json;
}

/** True when a value contains -0. @throws TypeError when a value would come back as another value. */
function look(value: unknown, path: string, key: string): boolean {
  switch (typeof value) {
    case 'string':
      if (!value.isWellFormed()) throw new TypeError(`${path} is text with a lone surrogate`);
      return false;
    case 'number':
      if (!Number.isFinite(value)) throw new TypeError(`${path} is ${value}, which JSON writes as null`);
      return Object.is(value, -0);
    case 'boolean':
      return false;
    case 'object':
      return value !== null && lookInto(value, path, key);
    default:
      throw new TypeError(`${path} is ${valueKind(value)}, which JSON leaves out`);
  }
}

function lookInto(value: object, path: string, key: string): boolean {
  if (Array.isArray(value)) return lookAtItems(value, path);
  const { toJSON } = value as { readonly toJSON?: unknown };
  if (typeof toJSON === 'function') return lookAtOwnForm(value, path, key);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null)
    throw new TypeError(`${path} is ${valueKind(value)}, which would come back as a plain object`);
  let hasNegativeZero = false;
  for (const [name, field] of Object.entries(value)) {
    if (!name.isWellFormed()) throw new TypeError(`${path} has a key with a lone surrogate`);
    // A field without a value is omitted, and is read back as undefined.
    if (field !== undefined && look(field, `${path}.${name}`, name)) hasNegativeZero = true;
  }
  return hasNegativeZero;
}

function lookAtItems(items: readonly unknown[], path: string): boolean {
  let hasNegativeZero = false;
  for (let index = 0; index < items.length; index += 1) {
    if (look(items[index], `${path}[${index}]`, String(index))) hasNegativeZero = true;
  }
  return hasNegativeZero;
}

/** An object with `toJSON`, for instance a date, is written in its own form. An invalid date has no form. */
function lookAtOwnForm(value: object, path: string, key: string): boolean {
  const form = (value as { toJSON(key: string): unknown }).toJSON(key);
  if (form === null || form === undefined)
    throw new TypeError(`${path} is ${valueKind(value)}, which has no form in JSON`);
  return form === value ? false : look(form, path, key);
}

/** JSON has a -0, but `stringify` does not write it. */
function withNegativeZeros(record: unknown): string {
  const { rawJSON } = JSON as typeof JSON & { rawJSON(this: void, text: string): unknown };
  return JSON.stringify(record, (_, value: unknown) => (Object.is(value, -0) ? rawJSON('-0') : value));
}
