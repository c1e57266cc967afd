// Detection of errors that end the engine. Every retry checks this first: an error of disposition `stop-engine` is
// never retried.
import { isMillraceError, type MillraceError } from './millrace-error.ts';
import { isError, propertyOf } from './thrown-value.ts';

/** The number of inspected causes, so that a circle of causes ends. */
const CAUSES_MAX = 16;

/**
 * The error of disposition `stop-engine` that this error is or wraps: causes of plain errors are followed up to the
 * first `MillraceError`, whose disposition counts. Undefined: a retry is permitted.
 */
export function engineStopper(error: unknown): MillraceError | undefined {
  let current = error;
  for (let depth = 0; depth < CAUSES_MAX; depth += 1) {
    if (isMillraceError(current)) return current.disposition === 'stop-engine' ? current : undefined;
    if (!isError(current)) return undefined;
    current = propertyOf(current, 'cause');
  }
  return undefined;
}
