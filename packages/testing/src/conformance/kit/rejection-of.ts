// The rejection reason of a promise, as a value and as text for a message.
import { isError, serializeError } from '@millrace/core/engine';

/** The rejection reason of a promise; undefined when the promise resolves. */
export async function rejectionOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
    return undefined;
  } catch (error) {
    return error ?? new Error('rejected with nothing');
  }
}

/** An error in one line; `nothing` when there is no error. */
export function told(error: unknown): string {
  if (error === undefined) return 'nothing';
  const { name, message } = serializeError(error);
  return isError(error) ? `${name}: ${message}` : message;
}
