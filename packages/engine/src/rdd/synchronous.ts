// Operators call the functions of a program and use what comes back at once. A function that answers later gives a
// promise instead of its value: the promise would be taken for a record, a truth or a state, and the batch would succeed
// with the wrong content. So whatever comes back from a function of the program is looked at here, or where the compiled
// loops of `stage-loops.ts` do the cheap half of the same.
import { rddError } from './rdd-errors.ts';

/** Whether a value is to be waited for: a promise, or anything else with a method `then`. */
export function isThenable(value: unknown): boolean {
  if (typeof value === 'object')
    return value !== null && typeof (value as { then?: unknown }).then === 'function';
  return typeof value === 'function' && typeof (value as { then?: unknown }).then === 'function';
}

/**
 * The result of a function of the program, as it is. `operator` names the operator, `among` the iterable that the result
 * came in. @throws `MR_RDD_FUNCTION_ASYNCHRONOUS`.
 */
export function synchronous<R>(operator: string, result: R, among?: Iterable<unknown>): R {
  if (isThenable(result)) throw asynchronousFunction(operator, result, among);
  return result;
}

/** As `synchronous`, for a function that gives an iterable. An asynchronous generator is refused as well. */
export function synchronousIterable<R extends Iterable<unknown>>(operator: string, result: R): R {
  if (typeof result !== 'object' || result === null) return result;
  if (Array.isArray(result)) return result;
  const isAsynchronous =
    isThenable(result) || (Symbol.asyncIterator in result && !(Symbol.iterator in result));
  if (isAsynchronous) throw asynchronousFunction(operator, result);
  return result;
}

/** What an operator says of a promise. Nobody else hears of what becomes of the promise and of the others `among` it. */
export function asynchronousFunction(operator: string, result: unknown, among?: Iterable<unknown>): Error {
  const others = Array.isArray(among) || among instanceof Set ? among : [];
  for (const promise of [result, ...others]) {
    // The engine ends here with the promise; a rejection must not end the process as well.
    if (isThenable(promise)) Promise.resolve(promise).then(undefined, () => undefined);
  }
  return rddError(
    'MR_RDD_FUNCTION_ASYNCHRONOUS',
    `the function of ${operator} is asynchronous: expected its result, got a promise; ` +
      `operators do not wait, so look things up before, or wait in foreachRDD or foreachPartition`,
    { details: { operator } },
  );
}
