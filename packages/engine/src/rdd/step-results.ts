// The result of one step for one record, with every check. A step fails for a record when its function throws, returns a
// promise, or returns no records where records are expected.
import type { Pair } from './pair.ts';
import type { Step } from './step.ts';
import { requirePair } from './required-pair.ts';
import { synchronous, synchronousIterable, synchronousRecord } from './synchronous.ts';

/** Checks the results of a step that makes several records. */
export type Listed = (results: Iterable<unknown>) => Iterable<unknown>;

/**
 * Calls the function of a step. Returns a record for `map`, a truth value for `filter`, a key for `keyBy`, a value for
 * `mapValues`, and records or values for `flatMap` and `flatMapValues`.
 *
 * @throws the error of the function; `MR_RDD_FUNCTION_ASYNCHRONOUS`, `MR_RDD_RESULT_NOT_ITERABLE`,
 *   `MR_RDD_RECORD_NOT_PAIR`.
 */
export function resultOf({ kind, fn }: Step, record: unknown, listed: Listed): unknown {
  const call = fn as (record: unknown) => unknown;
  switch (kind) {
    case 'map':
      return synchronousRecord(kind, call(record));
    case 'filter':
    case 'keyBy':
      return synchronous(kind, call(record));
    case 'flatMap':
      return listed(call(record) as Iterable<unknown>);
    case 'mapValues':
      return synchronousRecord(kind, call(valueOf(kind, record)));
    case 'flatMapValues':
      return listed(call(valueOf(kind, record)) as Iterable<unknown>);
  }
}

/** The results in a list, each checked. The list of the function itself, if the function returned a list. */
export function listOf(kind: string, results: Iterable<unknown>): readonly unknown[] {
  const iterable = synchronousIterable(kind, results);
  if (!Array.isArray(iterable)) return listOf(kind, Array.from(iterable));
  for (const result of iterable) synchronousRecord(kind, result, iterable);
  return iterable;
}

/**
 * The results, each checked when it is read. Unlike `listOf`, results that nobody reads are not made: a function may
 * return records without end.
 *
 * @param fail Called with the error of a result; throws.
 */
export function lazyResults(
  kind: string,
  results: Iterable<unknown>,
  fail: (error: unknown) => never,
): Iterable<unknown> {
  const iterable = synchronousIterable(kind, results);
  if (Array.isArray(iterable)) return listOf(kind, iterable);
  return { [Symbol.iterator]: () => new LazyResults(kind, iterable, fail) };
}

class LazyResults implements Iterator<unknown> {
  readonly #kind: string;
  readonly #results: Iterable<unknown>;
  readonly #fail: (error: unknown) => never;
  #iterator: Iterator<unknown> | undefined;

  constructor(kind: string, results: Iterable<unknown>, fail: (error: unknown) => never) {
    this.#kind = kind;
    this.#results = results;
    this.#fail = fail;
  }

  next(): IteratorResult<unknown> {
    try {
      this.#iterator ??= this.#results[Symbol.iterator]();
      const result = this.#iterator.next();
      if (result.done !== true) this.#check(result.value);
      return result;
    } catch (error) {
      return this.#fail(error);
    }
  }

  return(): IteratorResult<unknown> {
    this.#iterator?.return?.();
    return { done: true, value: undefined };
  }

  #check(value: unknown): void {
    try {
      synchronousRecord(this.#kind, value, this.#results);
    } catch (error) {
      this.return();
      throw error;
    }
  }
}

function valueOf(kind: string, record: unknown): unknown {
  requirePair(kind, record);
  return (record as Pair<unknown, unknown>)[1];
}
