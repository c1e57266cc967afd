// The default order of sorting. `<` and `>` do not order every possible record: both are false between NaN or
// undefined and any value, and one such record leaves the other records unsorted.
import { canonicalKey } from './key-equality.ts';
import { isMillraceError } from '@millrace/core';
import { isThenable } from '@millrace/core/engine';
import { rddError } from './rdd-errors.ts';
import { requireFunctions } from './required-function.ts';
import { asynchronousFunction } from './synchronous.ts';

/** Nesting levels of arrays that are compared; the codec refuses deeper values. */
const LEVELS_MAX = 100;

/**
 * Compares any two values, as for sorting arrays. Values of one kind are compared with each other, and kinds stand
 * in this order:
 *
 * 1. booleans: false, true;
 * 2. numbers and bigints by value, -0 equal to 0, a number before a bigint of the same value, NaN behind all
 * others;
 * 3. strings by UTF-16 code units;
 * 4. arrays element by element, a shorter one before a longer one that begins with it;
 * 5. plain objects that keys may be, in an order that is the same everywhere;
 * 6. everything else, in the order in which the values come;
 * 7. null, then undefined.
 *
 * An object whose `valueOf` returns a primitive, for instance a `Date`, counts as that primitive.
 *
 * @throws `MR_RDD_VALUE_UNSUPPORTED` for arrays that are equal up to 100 levels of nesting, for instance circular
 * ones.
 */
export function naturalOrder(left: unknown, right: unknown): number {
  return orderAt(left, right, 0);
}

function orderAt(left: unknown, right: unknown, level: number): number {
  if (typeof left === 'number' && typeof right === 'number') return orderOfNumbers(left, right);
  if (typeof left === 'string' && typeof right === 'string') return left < right ? -1 : Number(left > right);
  return orderOfKinds(primitiveOf(left), primitiveOf(right), level);
}

/**
 * A comparison function of the program, with its results checked: a result that is not a number would leave records
 * unsorted. `operator` names the operator in errors: `MR_RDD_COMPARISON_INVALID`, `MR_RDD_FUNCTION_ASYNCHRONOUS`.
 */
export function checkedOrder<T>(
  operator: string,
  compare: (left: T, right: T) => number,
): (left: T, right: T) => number {
  if (compare === naturalOrder) return compare;
  requireFunctions(operator, { compare });
  return (left, right) => {
    const result: unknown = compare(left, right);
    if (typeof result === 'number' && !Number.isNaN(result)) return result;
    if (isThenable(result)) throw asynchronousFunction(operator, result);
    const got = Number.isNaN(result) ? 'NaN' : `a value of type ${typeof result}`;
    throw rddError(
      'MR_RDD_COMPARISON_INVALID',
      `the comparison of ${operator} must return a number below, at or above 0, but returned ${got}; omit the comparison for the default order, which accepts NaN and undefined`,
      { details: { operator, got } },
    );
  };
}

function orderOfNumbers(left: number, right: number): number {
  if (left < right) return -1;
  if (left > right) return 1;
  return left === right ? 0 : Number(Number.isNaN(left)) - Number(Number.isNaN(right));
}

/** The places of kinds, in the order of the list above. */
function kindOf(value: unknown): number {
  switch (typeof value) {
    case 'boolean':
      return 1;
    case 'number':
    case 'bigint':
      return 2;
    case 'string':
      return 3;
    case 'undefined':
      return 8;
    case 'object':
      if (value === null) return 7;
      return Array.isArray(value) ? 4 : textOf(value) === undefined ? 6 : 5;
    default:
      return 6;
  }
}

function orderOfKinds(left: unknown, right: unknown, level: number): number {
  const kind = kindOf(left);
  const difference = kind - kindOf(right);
  if (difference !== 0) return difference;
  switch (kind) {
    case 1:
      return Number(left) - Number(right);
    case 2:
      return orderOfNumeric(left as number | bigint, right as number | bigint);
    case 3:
      return (left as string) < (right as string) ? -1 : Number((left as string) > (right as string));
    case 4:
      return orderOfArrays(left as readonly unknown[], right as readonly unknown[], level + 1);
    case 5: {
      const [one = '', other = ''] = [textOf(left), textOf(right)];
      return one < other ? -1 : Number(one > other);
    }
    default:
      return 0;
  }
}

/** JavaScript compares numbers and bigints by value, without rounding. */
function orderOfNumeric(left: number | bigint, right: number | bigint): number {
  if (left < right) return -1;
  if (left > right) return 1;
  const isNaN = (value: number | bigint) => Number(Number.isNaN(value));
  const isBigint = (value: number | bigint) => Number(typeof value === 'bigint');
  return isNaN(left) - isNaN(right) || isBigint(left) - isBigint(right);
}

function orderOfArrays(left: readonly unknown[], right: readonly unknown[], level: number): number {
  if (level > LEVELS_MAX) {
    const found = `arrays nested deeper than ${LEVELS_MAX} levels, or in a circle`;
    const message = `records that are compared must be plain data, and two of them are ${found}; give a comparison`;
    throw rddError('MR_RDD_VALUE_UNSUPPORTED', message, { details: { found } });
  }
  const length = Math.min(left.length, right.length);
  for (let index = 0; index < length; index += 1) {
    const order = orderAt(left[index], right[index], level);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

function primitiveOf(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const primitive: unknown = typeof value.valueOf === 'function' ? value.valueOf() : value;
  return typeof primitive === 'object' || typeof primitive === 'function' ? value : primitive;
}

/** The text of an object as a key; undefined when the object cannot be a key. */
function textOf(value: unknown): string | undefined {
  try {
    return canonicalKey(value);
  } catch (error) {
    if (isMillraceError(error, 'MR_RDD_UNSUPPORTED_KEY')) return undefined;
    throw error;
  }
}
