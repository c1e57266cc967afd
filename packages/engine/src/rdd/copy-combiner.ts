// Copies a value before a function of the program may change it in place: a combiner before it is merged into, a record
// before it is the left side of a reduction. What a map task wrote is read by every task that asks for it, also by one that
// is repeated, and records are read by other outputs and later windows; merging must not change either. A class instance is
// not data and cannot be copied: it is handed over as it is.
import { messageOf } from '@millrace/core';
import { rddError } from './rdd-errors.ts';

/** Levels of a value that are copied; the codec refuses deeper values. A circle has more levels than that. */
const LEVELS_MAX = 100;

/** A copy that shares nothing changeable with `value`. @throws `MR_RDD_VALUE_UNSUPPORTED` for a circle. */
export function copyCombiner<C>(value: C): C {
  return copied(value, 0) as C;
}

function copied(value: unknown, level: number): unknown {
  return typeof value === 'object' && value !== null ? copyObject(value, level) : value;
}

function copyObject(value: object, level: number): unknown {
  if (level > LEVELS_MAX)
    throw notCopied(`is nested deeper than ${LEVELS_MAX} levels, or in a circle`, undefined);
  if (Array.isArray(value)) return value.map((part: unknown) => copied(part, level + 1));
  if (value instanceof Map || value instanceof Set || value instanceof Date || ArrayBuffer.isView(value)) {
    return cloned(value);
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== null && prototype !== Object.prototype) return value;
  // Spreading defines properties, so that a key `__proto__` is an ordinary one, and assigning to it stays that.
  const copy: Record<string, unknown> = { ...value };
  for (const name in copy) {
    const part = copy[name];
    if (typeof part === 'object' && part !== null) copy[name] = copyObject(part, level + 1);
  }
  return prototype === null ? Object.setPrototypeOf(copy, null) : copy;
}

/** A function in a map, and a map in too many others, have no clone. */
function cloned(value: object): unknown {
  try {
    return structuredClone(value);
  } catch (cause) {
    throw notCopied(`cannot be cloned: ${messageOf(cause)}`, cause);
  }
}

function notCopied(found: string, cause: unknown): Error {
  return rddError(
    'MR_RDD_VALUE_UNSUPPORTED',
    `a value that functions of the program may change must be plain data, and one ${found}; keep data`,
    { details: { found }, ...(cause === undefined ? {} : { cause }) },
  );
}
