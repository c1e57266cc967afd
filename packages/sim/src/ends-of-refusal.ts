// The errors with which an engine may end after a permanent refusal by its disk: the refusal, or another fault that
// came first. The first reason to stop counts, and the refusal may meet an engine that closes its logs or writes its
// last checkpoint.
import { isMillraceError } from '@millrace/core';

/** The maximum depth of causes. */
const DEPTH_MAX = 20;

const REFUSALS = ['MR_STORAGE_DENIED', 'MR_WAL_OUTCOME_UNKNOWN'];
const FAULTS_OF_DISKS = ['MR_STORAGE_FAILED', 'MR_STORAGE_FULL'];

/** Tells whether an error is the refusal itself, or that of an engine or executor that could not open a part. */
export function isRefusal(error: unknown): boolean {
  const causes = causesOf(error);
  const [end] = isMillraceError(error, 'MR_BOOT_OPEN_FAILED') ? causes.slice(1) : causes;
  return isOneOf(REFUSALS, end);
}

/**
 * Tells whether an error may be the end of an engine whose disk refused an operation permanently. An engine may end
 * without executors when executors met the refusal at their start: each such executor is replaced.
 */
export function mayFollowRefusal(error: unknown, { hasRefusedExecutor = false } = {}): boolean {
  if (isRefusal(error)) return true;
  if (isMillraceError(error, 'MR_TRACKING_NO_EXECUTORS')) return hasRefusedExecutor;
  const causes = causesOf(error);
  // A refusal ends the engine itself. Retries of an operation that fails with a refusal are pointless.
  if (causes.some((cause) => isOneOf(REFUSALS, cause))) return false;
  const root = causes.at(-1);
  return root !== undefined && (isOneOf(FAULTS_OF_DISKS, root) || isOfUsers(root));
}

/** The error and its causes, the root last. */
function causesOf(error: unknown): readonly Error[] {
  const causes: Error[] = [];
  for (let cause = error; cause instanceof Error && causes.length < DEPTH_MAX; { cause } = cause)
    causes.push(cause);
  return causes;
}

function isOneOf(codes: readonly string[], error: unknown): boolean {
  return codes.some((code) => isMillraceError(error, code));
}

/** Sinks and functions of programs throw errors without a code. */
function isOfUsers(error: Error): boolean {
  return !isMillraceError(error) && error.name === 'Error';
}
