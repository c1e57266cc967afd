// The one kind of failure that is the caller's to mend: it is shown as one line, without a stack.

/** A wrong argument, or a folder that is taken. The message says what to do. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
