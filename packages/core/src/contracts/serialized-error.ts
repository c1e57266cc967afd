// An error as data, for threads, processes, events and logs.

/** A serialised error, with all that is needed to log the error, to react to the error and to build the error again. */
export interface SerializedError {
  readonly name: string;
  readonly message: string;
  readonly stack?: string;
  /** Present for a `MillraceError`. */
  readonly code?: string;
  readonly disposition?: string;
  readonly details?: Readonly<Record<string, unknown>>;
  readonly cause?: SerializedError;
}
