// Copies a value before a function of the program may change the value in place: a combiner before a merge, a
// record before it becomes the left side of a reduction. The output of a map task is read by every task that
// requests it, also by a repeated task, and records are read by other outputs and later windows; merging must not
// change either. A class instance is not data and cannot be copied: it is passed unchanged.
import { messageOf } from '@millrace/core';
import { rddError } from './rdd-errors.ts';

/** Nesting levels that are copied; the codec refuses deeper values. A circular value exceeds this bound. */
const LEVELS_MAX = 100;

/** A copy that shares nothing changeable with `value`. @throws `MR_RDD_VALUE_UNSUPPORTED` for a circular value. */
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
  // Spreading defines properties, so a key `__proto__` is an ordinary property, and a later assignment keeps it
  // ordinary.
  const copy: Record<string, unknown> = { ...value };
  for (const name in copy) {
    const part = copy[name];
    if (typeof part === 'object' && part !== null) copy[name] = copyObject(part, level + 1);
  }
  return prototype === null ? Object.setPrototypeOf(copy, null) : copy;
}

/** A map that contains a function, or that is nested too deep, cannot be cloned. */
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
