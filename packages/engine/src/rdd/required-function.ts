// Checks the function arguments of operators and actions, at the earliest moment: when the operator is called, not
// when the first record comes.
import { describeValue } from '@millrace/core/engine';
import { rddError } from './rdd-errors.ts';

/**
 * The functions of an operator by the names of its arguments.
 *
 * @throws `MR_RDD_INVALID_ARGUMENT` unless each is a function.
 */
export function requireFunctions(operator: string, functions: Readonly<Record<string, unknown>>): void {
  for (const [name, fn] of Object.entries(functions)) {
    if (typeof fn === 'function') continue;
    throw rddError(
      'MR_RDD_INVALID_ARGUMENT',
      `expected ${name} of ${operator} to be a function, got ${describeValue(fn)}`,
      { details: { operator, name } },
    );
  }
}

/** As `requireFunctions`, for an operator with a single function. */
export function requireFunction(operator: string, fn: unknown): void {
  requireFunctions(operator, { 'the function': fn });
}
