// The message of an error with the messages of its causes: the outer error names the place, the inner one the reason.
import type { SerializedError } from '@millrace/core';

/** Causes of causes. */
const CAUSES_MAX = 5;

/** For instance `receiver orders failed to start: connection refused`. A message that repeats its cause stays as it is. */
export function messageWithCauses(error: SerializedError): string {
  let { message, cause } = error;
  for (let depth = 0; depth < CAUSES_MAX && cause !== undefined; depth += 1) {
    const isTold = cause.message === '' || message.includes(cause.message);
    if (!isTold) message = `${message.replace(/\.$/, '')}: ${cause.message}`;
    cause = cause.cause;
  }
  return message;
}
