// Checks of arguments that programs pass to stream operators. The checks run when the operator is made, so that a
// mistake fails before the graph starts, not in the first batch.
import { describeValue, isOptions } from '@millrace/core/engine';
import { PARTITIONS_MAX } from '../rdd/positive-integer.ts';
import { dstreamError } from './dstream-errors.ts';

/**
 * A duration in milliseconds.
 *
 * @throws `MR_GRAPH_INVALID_ARGUMENT` unless the value is a whole number, at least 1.
 */
export function durationMs(operator: string, name: string, value: number): number {
  if (!Number.isSafeInteger(value) || value < 1)
    throw invalidArgument(operator, name, value, 'whole milliseconds, at least 1');
  return value;
}

/**
 * Milliseconds that may be 0, or undefined when absent.
 *
 * @throws `MR_GRAPH_INVALID_ARGUMENT` unless the value is a whole number, at least 0.
 */
export function optionalMs(operator: string, name: string, value: number | undefined): number | undefined {
  if (value !== undefined && (!Number.isSafeInteger(value) || value < 0))
    throw invalidArgument(operator, name, value, 'whole milliseconds, at least 0');
  return value;
}

/**
 * A count, or undefined when absent.
 *
 * @throws `MR_GRAPH_INVALID_ARGUMENT` unless the value is a whole number, at least `min`.
 */
export function optionalCount(
  operator: string,
  name: string,
  value: number | undefined,
  min = 1,
): number | undefined {
  if (value === undefined) return undefined;
  if (!Number.isSafeInteger(value) || value < min)
    throw invalidArgument(operator, name, value, `a whole number, at least ${min}`);
  return value;
}

/**
 * A number of partitions, or undefined when absent.
 *
 * @throws `MR_GRAPH_INVALID_ARGUMENT` unless the value is a whole number, at least 1 and at most `PARTITIONS_MAX`.
 */
export function optionalPartitions(operator: string, value: number | undefined): number | undefined {
  if (value !== undefined && value > PARTITIONS_MAX)
    throw invalidArgument(operator, 'partitions', value, `a whole number, from 1 to ${PARTITIONS_MAX}`);
  return optionalCount(operator, 'partitions', value);
}

/**
 * A text.
 *
 * @throws `MR_GRAPH_INVALID_ARGUMENT` for an empty text, or a value that is not text.
 */
export function text(operator: string, name: string, value: string): string {
  if (typeof value !== 'string' || value === '')
    throw invalidArgument(operator, name, value, 'a text of at least 1 character');
  return value;
}

/** The kind of an operator's option: a function, true or false, an iterable; `any` is checked elsewhere. */
export type OptionKind = 'any' | 'function' | 'flag' | 'iterable';

const KINDS: Readonly<
  Record<OptionKind, { readonly expected: string; readonly accepts: (value: unknown) => boolean }>
> = {
  any: { expected: 'anything', accepts: () => true },
  function: { expected: 'a function', accepts: (value) => typeof value === 'function' },
  flag: { expected: 'true or false', accepts: (value) => typeof value === 'boolean' },
  iterable: {
    expected: 'an array or another iterable',
    accepts: (value) => typeof value === 'object' && value !== null && Symbol.iterator in value,
  },
};

/**
 * The options of an operator. An option of an unknown name is refused, because it would silently change nothing.
 *
 * @throws `MR_GRAPH_INVALID_ARGUMENT` for anything but an object of these options.
 */
export function operatorOptions<Options extends object>(
  operator: string,
  given: Options,
  kinds: { readonly [K in keyof Options]-?: OptionKind },
): Options {
  const names = Object.keys(kinds);
  if (!isOptions(given))
    throw invalidArgument(operator, 'the options', given, `an object with any of ${names.join(', ')}`);
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(kinds, name))
      throw invalidArgument(
        operator,
        `option ${name}`,
        value,
        `left out: there is no such option, there are ${names.join(', ')}`,
      );
    const { expected, accepts } = KINDS[kinds[name as keyof Options]];
    if (value !== undefined && !accepts(value)) throw invalidArgument(operator, name, value, expected);
  }
  return given;
}

/**
 * The function of an operator, which is its last argument: untyped code may pass another value, or more arguments.
 *
 * @throws `MR_GRAPH_INVALID_ARGUMENT` unless the value is a function and the last argument.
 */
export function onlyFunction<F>(operator: string, fn: F, surplus: readonly unknown[] = []): F {
  if (typeof fn !== 'function') throw invalidArgument(operator, 'the function', typeof fn, 'a function');
  if (surplus.length > 0)
    throw invalidArgument(
      operator,
      'the number of arguments',
      surplus.length,
      'up to its function, with 0 behind it',
    );
  return fn;
}

/**
 * The functions of an operator by the names of its arguments.
 *
 * @throws `MR_GRAPH_INVALID_ARGUMENT` unless each is a function.
 */
export function functions(operator: string, given: Readonly<Record<string, unknown>>): void {
  for (const [name, fn] of Object.entries(given))
    if (typeof fn !== 'function') throw invalidArgument(operator, name, fn, 'a function');
}

/**
 * A duration that must be a multiple of a stream's slide.
 *
 * @throws `MR_GRAPH_INVALID_ARGUMENT`, `MR_GRAPH_DURATION_NOT_MULTIPLE`.
 */
export function multipleOfSlideMs(
  operator: string,
  name: string,
  value: number,
  parent: { readonly id: string; readonly slideMs: number },
): number {
  durationMs(operator, name, value);
  if (value % parent.slideMs === 0) return value;
  throw dstreamError(
    'MR_GRAPH_DURATION_NOT_MULTIPLE',
    `${name} of ${operator} must be a multiple of the slide of ${parent.id}, ${parent.slideMs} ms, but is ${value} ms`,
    { details: { operator, name, value, parent: parent.id, parentSlideMs: parent.slideMs } },
  );
}

/** An argument that an operator cannot work with. `expected` describes valid values as text. */
export function invalidArgument(operator: string, name: string, value: unknown, expected: string): Error {
  return dstreamError(
    'MR_GRAPH_INVALID_ARGUMENT',
    `${name} of ${operator} must be ${expected}, but is ${describeValue(value)}`,
    {
      details: { operator, name, value },
    },
  );
}
