// Data that the MessagePack library would decode with changes: negative zero (loses its sign), an object with a key
// `__proto__` (renamed) or `__keys__` (corrupted), an object without prototype (gets one), text that begins with a byte
// order mark (stripped). Such values are rare, so a block with such a value is rewritten before encoding, and marked,
// and only marked blocks pay for the way back. In a rewritten block each Map is a tag: one entry, from the kind of the
// original value to its content. Real Maps are tagged too, so that no data can be mistaken for a tag.
import { isAwkwardKey, isAwkwardText } from './record-check.ts';

/** Rewrites a value in which `checkRecords` found awkward data. Makes new containers, changes none. */
export function rewriteAwkward(value: unknown): unknown {
  if (typeof value === 'number') return Object.is(value, -0) ? tag('negative-zero', null) : value;
  if (typeof value === 'string')
    return isAwkwardText(value) ? tag('text', Buffer.from(value, 'utf8')) : value;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(rewriteAwkward);
  if (value instanceof Map) return tag('map', flatten(value));
  if (value instanceof Set) return new Set(Array.from(value, rewriteAwkward));
  if (value instanceof Date || value instanceof Uint8Array) return value;
  return rewriteObject(value as Record<string, unknown>);
}

/**
 * Restores a value rewritten by `rewriteAwkward`. May reuse the containers of the argument.
 *
 * @throws Error for a tag that `rewriteAwkward` never makes.
 */
export function restoreAwkward(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(restoreAwkward);
  if (value instanceof Map) return restoreTagged(value);
  if (value instanceof Set) return new Set(Array.from(value, restoreAwkward));
  if (value instanceof Date || value instanceof Uint8Array) return value;
  const object = value as Record<string, unknown>;
  for (const key of Object.keys(object)) object[key] = restoreAwkward(object[key]);
  return object;
}

function rewriteObject(object: Readonly<Record<string, unknown>>): unknown {
  const entries = Object.entries(object);
  if (Object.getPrototypeOf(object) === null) return tag('object-without-prototype', flatten(entries));
  if (entries.some(([key]) => isAwkwardKey(key))) return tag('object', flatten(entries));
  return Object.fromEntries(entries.map(([key, value]) => [key, rewriteAwkward(value)]));
}

function tag(kind: string, content: unknown): Map<string, unknown> {
  return new Map([[kind, content]]);
}

/** Keys and values in turn, each rewritten. */
function flatten(entries: Iterable<readonly [unknown, unknown]>): unknown[] {
  const flat: unknown[] = [];
  for (const [key, value] of entries) flat.push(rewriteAwkward(key), rewriteAwkward(value));
  return flat;
}

function restoreTagged(tagged: ReadonlyMap<unknown, unknown>): unknown {
  const [entry] = tagged;
  if (tagged.size !== 1 || entry === undefined) throw new Error('a tag with other than one entry');
  const [kind, content] = entry;
  switch (kind) {
    case 'negative-zero':
      return -0;
    case 'text':
      return textOf(content);
    case 'map':
      return new Map(restoredEntries(content));
    case 'object':
      return fill({}, content);
    case 'object-without-prototype':
      return fill(Object.create(null) as object, content);
    default:
      throw new Error('an unknown tag');
  }
}

function textOf(content: unknown): string {
  if (!Buffer.isBuffer(content)) throw new Error('a text tag without bytes');
  return content.toString('utf8');
}

/** Defines each key instead of assigning to the key: assigning `__proto__` would change the prototype. */
function fill(object: object, content: unknown): object {
  for (const [key, value] of restoredEntries(content)) {
    if (typeof key !== 'string') throw new Error('an object tag with a key that is no text');
    Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
  }
  return object;
}

function* restoredEntries(content: unknown): Generator<[unknown, unknown]> {
  if (!Array.isArray(content) || content.length % 2 !== 0) throw new Error('a tag without keys and values');
  for (let i = 0; i < content.length; i += 2)
    yield [restoreAwkward(content[i]), restoreAwkward(content[i + 1])];
}
