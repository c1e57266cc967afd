// Refuses promises from functions of the program. Operators call these functions and use the results at once. An
// asynchronous function returns a promise instead of its value: the promise would be taken for a record, a truth
// value or a state, and the batch would succeed with the wrong content. So every result of a function of the
// program is checked here, or by the compiled loops of `stage-loops.ts`, which do the cheap half of the same check.
import { describeValue, isThenable } from '@millrace/core/engine';
import { rddError } from './rdd-errors.ts';

/**
 * Returns the result of a function of the program unchanged. `operator` names the operator; `among`: other results
 * of the same function.
 *
 * @throws `MR_RDD_FUNCTION_ASYNCHRONOUS`.
 */
export function synchronous<R>(operator: string, result: R, among?: Iterable<unknown>): R {
  if (isThenable(result)) throw asynchronousFunction(operator, result, { among });
  return result;
}

/** Number of fields or elements of a record that are checked. */
const FIELDS_MAX = 16;

/**
 * As `synchronous`, for a function that makes records: a promise in a field, or in an element of a list, is refused
 * as well. Checks the first fields of plain objects and lists, one level deep, so a promise further inside passes.
 */
export function synchronousRecord<R>(operator: string, record: R, among?: Iterable<unknown>): R {
  synchronous(operator, record, among);
  if (typeof record !== 'object' || record === null) return record;
  if (!Array.isArray(record) && !isPlainObject(record)) return record;
  let looked = 0;
  for (const name in record) {
    const value: unknown = record[name];
    if (isThenable(value)) {
      const place = Array.isArray(record) ? `[${name}]` : `.${name}`;
      throw asynchronousFunction(operator, value, {
        place,
        among: Array.isArray(among) || among instanceof Set ? among : record,
      });
    }
    looked += 1;
    if (looked === FIELDS_MAX) break;
  }
  return record;
}

/**
 * As `synchronous`, for a function that returns an iterable. An asynchronous generator is refused as well.
 *
 * @throws `MR_RDD_FUNCTION_ASYNCHRONOUS`; `MR_RDD_RESULT_NOT_ITERABLE` for any other value, for instance undefined.
 */
export function synchronousIterable<R extends Iterable<unknown>>(operator: string, result: R): R {
  if (Array.isArray(result)) return result;
  if (isThenable(result)) throw asynchronousFunction(operator, result);
  // A text is an iterable of its characters.
  if (typeof propertyOf(result, Symbol.iterator) === 'function') return result;
  if (propertyOf(result, Symbol.asyncIterator) !== undefined) throw asynchronousFunction(operator, result);
  throw rddError(
    'MR_RDD_RESULT_NOT_ITERABLE',
    `expected the function of ${operator} to return an iterable of records, got ${describeValue(result)}; return [] for no record`,
    { details: { operator } },
  );
}

function propertyOf(value: unknown, name: symbol): unknown {
  return value === null || value === undefined ? undefined : (value as Record<symbol, unknown>)[name];
}

/**
 * The error of an operator for a promise. `place`: the position of the promise in the result, for instance `.user`;
 * default: the promise is the result. `among`: other results of the same function. The rejections of all these
 * promises are ignored, because no other code waits for them.
 */
export function asynchronousFunction(
  operator: string,
  result: unknown,
  { place = '', among }: { readonly place?: string; readonly among?: unknown } = {},
): Error {
  ignoreRejections(result);
  ignoreRejections(among, 2);
  return rddError(
    'MR_RDD_FUNCTION_ASYNCHRONOUS',
    `the function of ${operator} is asynchronous: expected its result, got a promise${place && ` at result${place}`}; ${adviceFor(operator)}`,
    { details: { operator, ...(place === '' ? {} : { path: `result${place}` }) } },
  );
}

/** Operators with a twin that waits for the function. */
const TWINS: readonly string[] = ['map', 'flatMap', 'filter', 'mapValues', 'flatMapValues'];

function adviceFor(operator: string): string {
  if (TWINS.includes(operator)) return `${operator} does not wait, ${operator}Async does`;
  if (operator === 'validate') return 'call a schema with asynchronous checks inside mapAsync';
  if (operator.endsWith('Async')) return 'await the promise inside the function';
  return 'this operator does not wait: look things up before with mapAsync, or wait in foreachRDD or foreachPartition';
}

/**
 * The engine drops a promise here; its rejection must not end the process as well. `levels`: nesting levels of
 * lists and plain objects whose promises are included. Generators are left alone: reading them would call the
 * program again.
 */
function ignoreRejections(value: unknown, levels = 0): void {
  if (isThenable(value)) Promise.resolve(value).then(undefined, () => undefined);
  else if (levels > 0 && (Array.isArray(value) || value instanceof Set))
    for (const inner of value) ignoreRejections(inner, levels - 1);
  else if (levels > 0 && isPlainObject(value))
    for (const inner of Object.values(value)) ignoreRejections(inner, levels - 1);
}

function isPlainObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
