// The errors that an engine may end with once its disk has refused something for good: the refusal, or a failure that
// came first. The first reason to stop counts, and the last checkpoint of an engine that stops may be what is refused.
import { isMillraceError } from '@millrace/core';

/** Causes are followed so far. */
const DEPTH_MAX = 20;

/** Whether an error may be the end of an engine whose disk has refused something for good. */
export function mayFollowRefusal(error: unknown): boolean {
  return isRefusal(error) || (isMillraceError(error, 'MR_BATCH_FAILED') && !comesOfRefusal(error));
}

/** A refusal ends the engine itself. A batch that fails of a refusal is tried in vain. */
function comesOfRefusal(error: Error): boolean {
  let { cause } = error;
  for (let depth = 0; depth < DEPTH_MAX && cause instanceof Error; depth += 1) {
    if (isRefusal(cause)) return true;
    ({ cause } = cause);
  }
  return false;
}

/** The refusal of the disk, or an outcome of the log that nobody knows after the refusal. */
function isRefusal(error: unknown): boolean {
  return isMillraceError(error, 'MR_STORAGE_DENIED') || isMillraceError(error, 'MR_WAL_OUTCOME_UNKNOWN');
}
