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
  return look(value, []) ? withNegativeZeros(value) : json;
}

/** The keys and places from the record to a value. Only a refusal makes a text of them: most records are not refused. */
type Path = (string | number)[];

/** True when a value contains -0. @throws TypeError when a value would come back as another value. */
function look(value: unknown, path: Path): boolean {
  switch (typeof value) {
    case 'string':
      if (!value.isWellFormed()) throw refused(path, 'is text with a lone surrogate');
      return false;
    case 'number':
      if (!Number.isFinite(value)) throw refused(path, `is ${value}, which JSON writes as null`);
      return Object.is(value, -0);
    case 'boolean':
      return false;
    case 'object':
      return value !== null && lookInto(value, path);
    default:
      throw refused(path, `is ${valueKind(value)}, which JSON leaves out`);
  }
}

function lookInto(value: object, path: Path): boolean {
  if (Array.isArray(value)) return lookAtItems(value, path);
  const { toJSON } = value as { readonly toJSON?: unknown };
  if (typeof toJSON === 'function') return lookAtOwnForm(value, path);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null)
    throw refused(path, `is ${valueKind(value)}, which would come back as a plain object`);
  const fields = value as Readonly<Record<string, unknown>>;
  let hasNegativeZero = false;
  for (const name of Object.keys(fields)) {
    if (!name.isWellFormed()) throw refused(path, 'has a key with a lone surrogate');
    const field = fields[name];
    // A field without a value is omitted, and is read back as undefined.
    if (field === undefined) continue;
    path.push(name);
    if (look(field, path)) hasNegativeZero = true;
    path.pop();
  }
  return hasNegativeZero;
}

function lookAtItems(items: readonly unknown[], path: Path): boolean {
  let hasNegativeZero = false;
  for (let index = 0; index < items.length; index += 1) {
    path.push(index);
    if (look(items[index], path)) hasNegativeZero = true;
    path.pop();
  }
  return hasNegativeZero;
}

/** An object with `toJSON`, for instance a date, is written in its own form. An invalid date has no form. */
function lookAtOwnForm(value: object, path: Path): boolean {
  const form = (value as { toJSON(key: string): unknown }).toJSON(String(path.at(-1) ?? ''));
  if (form === null || form === undefined)
    throw refused(path, `is ${valueKind(value)}, which has no form in JSON`);
  return form === value ? false : look(form, path);
}

function refused(path: Path, reason: string): TypeError {
  const place = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`)).join('');
  return new TypeError(`record${place} ${reason}`);
}

/** JSON has a -0, but `stringify` does not write it. */
function withNegativeZeros(record: unknown): string {
  const { rawJSON } = JSON as typeof JSON & { rawJSON(this: void, text: string): unknown };
  return JSON.stringify(record, (_, value: unknown) => (Object.is(value, -0) ? rawJSON('-0') : value));
}
