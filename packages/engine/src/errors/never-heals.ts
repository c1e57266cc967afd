// Errors that a repetition cannot remove, for instance when the same function returns the same unsupported value again, and
// errors that end by themselves once something has recovered.
import { isMillraceError, type MillraceError } from '@millrace/core';
import { propertyOf } from '@millrace/core/engine';

const CODES: readonly string[] = [
  'MR_CODEC_UNSUPPORTED_VALUE',
  'MR_RDD_VALUE_UNSUPPORTED',
  'MR_STATE_VALUE_UNSUPPORTED',
  'MR_GRAPH_INPUT_NOT_PORTABLE',
  'MR_RECORD_ERRORS_TOO_MANY',
];

/** The most causes that are inspected, so that a circle of causes ends. */
const CAUSES_MAX = 16;

/** True when the error, or one of its causes, returns however often the work is repeated. */
export function neverHeals(error: unknown): boolean {
  return hasCause(error, (cause) => CODES.includes(cause.code) || isSaidToBeFinal(cause));
}

/** True when the error, or one of its causes, has the disposition `back-off`: something is away, and may return. */
export function waitsForRecovery(error: unknown): boolean {
  return hasCause(error, ({ disposition }) => disposition === 'back-off');
}

function hasCause(error: unknown, isMeant: (cause: MillraceError) => boolean): boolean {
  let current = error;
  for (let depth = 0; depth < CAUSES_MAX && current !== undefined; depth += 1) {
    if (isMillraceError(current) && isMeant(current)) return true;
    current = propertyOf(current, 'cause');
  }
  return false;
}

/** A task whose function failed twice in a row with the same error for the same record. */
function isSaidToBeFinal({ code, details }: MillraceError): boolean {
  return code === 'MR_RDD_TASK_FAILED' && details['isFinal'] === true;
}
