// What a promise is rejected with, as a value, and as text for a message.
import { isError, serializeError } from '@millrace/core/engine';

/** The error that a promise is rejected with; undefined when it resolves. */
export async function rejectionOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
    return undefined;
  } catch (error) {
    return error ?? new Error('rejected with nothing');
  }
}

/** An error in one line; `nothing` where there is none. */
export function told(error: unknown): string {
  if (error === undefined) return 'nothing';
  const { name, message } = serializeError(error);
  return isError(error) ? `${name}: ${message}` : message;
}
