// A mistake of the caller: shown as one line, without a stack.

/** A wrong argument, or a folder that is not empty. The message contains the remedy. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
