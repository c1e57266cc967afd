// The errors with which an engine may end after a permanent refusal by its disk: the refusal, or another fault that
// came first. The first reason to stop counts, and the refusal may meet an engine that closes its logs or writes its
// last checkpoint.
import { isMillraceError } from '@millrace/core';

/** The maximum depth of causes. */
const DEPTH_MAX = 20;

const REFUSALS = ['MR_STORAGE_DENIED', 'MR_WAL_OUTCOME_UNKNOWN'];
const FAULTS_OF_DISKS = ['MR_STORAGE_FAILED', 'MR_STORAGE_FULL'];

/** Tells whether an error may be the end of an engine whose disk refused an operation permanently. */
export function mayFollowRefusal(error: unknown): boolean {
  const causes = causesOf(error);
  // An engine that cannot open a part says so, with the refusal as the cause, and has not begun.
  const [end] = isMillraceError(error, 'MR_BOOT_OPEN_FAILED') ? causes.slice(1) : causes;
  if (isOneOf(REFUSALS, end)) return true;
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
