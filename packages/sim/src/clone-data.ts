// A copy of data, like the copy made by a message between processes. `structuredClone` costs far more than copying a
// small message, so plain objects, lists and maps are copied here, and `structuredClone` copies all other values.

/** A copy of a message. @throws `DataCloneError` for a value that cannot be cloned. */
export function cloneData<T>(value: T): T {
  return cloned(value) as T;
}

function cloned(value: unknown): unknown {
  if (typeof value === 'function' || typeof value === 'symbol') return structuredClone(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return cloneList(value);
  if (value instanceof Map) return cloneMap(value);
  // Bytes take the second path: a view of a larger buffer stays a view on the other side.
  return isPlain(value) ? cloneObject(value) : structuredClone(value);
}

function cloneList(list: readonly unknown[]): unknown[] {
  const copy: unknown[] = [];
  for (const value of list) copy.push(cloned(value));
  return copy;
}

function cloneMap(map: ReadonlyMap<unknown, unknown>): Map<unknown, unknown> {
  const copy = new Map<unknown, unknown>();
  for (const [key, value] of map) copy.set(cloned(key), cloned(value));
  return copy;
}

function cloneObject(object: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const copy: Record<string, unknown> = {};
  for (const name of Object.keys(object)) copy[name] = cloned(object[name]);
  return copy;
}

function isPlain(value: object): value is Readonly<Record<string, unknown>> {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
