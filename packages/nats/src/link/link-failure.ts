// Errors of the client library in the codes of this package. Only the words of the errors go on, without secrets.
import { isMillraceError, type MillraceError } from '@millrace/core';
import { failureText } from '@millrace/core/engine';
import { errors } from '@nats-io/transport-node';
import { clusterError } from '../cluster-errors.ts';

const DENIED = [
  errors.AuthorizationError,
  errors.UserAuthenticationExpiredError,
  errors.PermissionViolationError,
];
const CAUSES_MAX = 8;

/** The error of a failed connection. `what` completes "could not …". */
export function linkFailure(
  error: unknown,
  what: string,
  secrets: readonly (string | undefined)[],
): MillraceError {
  if (isMillraceError(error)) return error;
  const code = isDenied(error) ? 'MR_CLUSTER_DENIED' : 'MR_CLUSTER_UNREACHABLE';
  return clusterError(code, `could not ${what}: ${failureText(error, secrets)}`);
}

/** True when the server refuses the user, for as long as nobody changes credentials or permissions. */
export function isDenied(error: unknown): boolean {
  let one = error;
  for (let depth = 0; one instanceof Error && depth < CAUSES_MAX; depth += 1) {
    const found = one;
    if (DENIED.some((kind) => found instanceof kind)) return true;
    one = one.cause;
  }
  return false;
}
