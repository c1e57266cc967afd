// Copies a combiner before it is merged into. What a map task wrote is read by every task that asks for it, also by
// one that is repeated; merging may change a combiner in place, and must not change that. A class instance is not
// data and cannot be copied: it is handed over as it is.

/** A copy that shares nothing changeable with `value`. */
export function copyCombiner<C>(value: C): C {
  return (typeof value === 'object' && value !== null ? copyObject(value) : value) as C;
}

function copyObject(value: object): unknown {
  if (Array.isArray(value)) return value.map(copyCombiner);
  if (value instanceof Map || value instanceof Set || value instanceof Date || ArrayBuffer.isView(value)) {
    return structuredClone(value);
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== null && prototype !== Object.prototype) return value;
  // `fromEntries` defines properties and assigns none, so that a key `__proto__` stays an ordinary one.
  const copy = Object.fromEntries(Object.entries(value).map(([name, part]) => [name, copyCombiner(part)]));
  return prototype === null ? Object.setPrototypeOf(copy, null) : copy;
}
