// The reason why a dashboard gave no answer, in words for a person at a terminal.

/** No answer from a dashboard. The message never contains the token. */
export class DashboardFailure extends Error {
  override readonly name = 'DashboardFailure';
  /** The status of the answer; undefined without an answer. */
  readonly status: number | undefined;

  constructor(message: string, options: { readonly status?: number; readonly cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.status = options.status;
  }
}
