// Errors that a repetition cannot remove. For instance, the same function returns the same unsupported value again.
import { isMillraceError } from '@millrace/core';
import { propertyOf } from '@millrace/core/engine';

const CODES: readonly string[] = [
  'MR_CODEC_UNSUPPORTED_VALUE',
  'MR_RDD_VALUE_UNSUPPORTED',
  'MR_STATE_VALUE_UNSUPPORTED',
  'MR_GRAPH_INPUT_NOT_PORTABLE',
];

/** The most causes that are inspected, so that a circle of causes ends. */
const CAUSES_MAX = 16;

/** True when the error, or one of its causes, returns however often the work is repeated. */
export function neverHeals(error: unknown): boolean {
  let current = error;
  for (let depth = 0; depth < CAUSES_MAX && current !== undefined; depth += 1) {
    if (isMillraceError(current) && CODES.includes(current.code)) return true;
    current = propertyOf(current, 'cause');
  }
  return false;
}
