// Errors that come again however often the work is repeated: a value that is no data is made again by the same function.
import { isMillraceError } from '@millrace/core';
import { propertyOf } from '@millrace/core/engine';

const CODES: readonly string[] = [
  'MR_CODEC_UNSUPPORTED_VALUE',
  'MR_RDD_VALUE_UNSUPPORTED',
  'MR_STATE_VALUE_UNSUPPORTED',
  'MR_GRAPH_INPUT_NOT_PORTABLE',
];

/** Causes that are looked at, so that a circle of causes ends. */
const CAUSES_MAX = 16;

/** Whether an error, or a cause of it, comes again however often the work is repeated. */
export function neverHeals(error: unknown): boolean {
  let current = error;
  for (let depth = 0; depth < CAUSES_MAX && current !== undefined; depth += 1) {
    if (isMillraceError(current) && CODES.includes(current.code)) return true;
    current = propertyOf(current, 'cause');
  }
  return false;
}
