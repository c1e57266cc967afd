// One class for every operational error, with a code that programs match on and a message that people read.
// Programmer errors inside the engine are plain `TypeError`s and assertions: nobody is meant to react to those.
import type { SerializedError } from '../contracts/messages.ts';

/** What the engine does about an error when nobody else does. */
export type Disposition =
  /** Try the same again, soon. */
  | 'retry'
  /** Try the same again, later and later; hold the source back meanwhile. */
  | 'back-off'
  /** Leave the record out, count it, log it. */
  | 'skip-record'
  /** Fail the batch as configured by `onBatchFailure`. */
  | 'fail-batch'
  /**
   * Stop the engine with this error, and never try again. Inside a job the batch fails at once and `onBatchFailure`
   * decides; a receiver that ends itself with it (`context.stop`) ends alone.
   */
  | 'stop-engine';

/** One line of a package's table of codes. */
export interface ErrorCode {
  readonly disposition: Disposition;
  /** What it means and what to do, in one sentence; becomes the reference page. */
  readonly meaning: string;
}

/** A package's table of codes: `MR_<AREA>_<CONDITION>` to its meaning. */
export type ErrorCodeTable = Readonly<Record<`MR_${string}`, ErrorCode>>;

const BRAND = Symbol.for('millrace:MillraceError');

/** What an error carries besides its message. */
export interface MillraceErrorOptions {
  readonly disposition: Disposition;
  /** Serialisable values behind the message. */
  readonly details?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

/**
 * An operational error. Codes are stable within a major version, messages may improve at any time. Recognise it with
 * `isMillraceError`, which also works across duplicate installs, and not with `instanceof`.
 */
export class MillraceError extends Error {
  readonly code: string;
  readonly disposition: Disposition;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: string, message: string, options: MillraceErrorOptions) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'MillraceError';
    this.code = code;
    this.disposition = options.disposition;
    this.details = Object.freeze({ ...options.details });
    Object.defineProperty(this, BRAND, { value: true });
  }
}

/** Whether this is a Millrace error, and if asked, one with this code. */
export function isMillraceError(error: unknown, code?: string): error is MillraceError {
  if (typeof error !== 'object' || error === null || !(BRAND in error)) return false;
  return code === undefined || (error as { code?: unknown }).code === code;
}

/** Makes errors of one package's table; the compiler knows the codes, the table gives the disposition. */
export function errorFactory<Table extends ErrorCodeTable>(table: Table) {
  return (
    code: keyof Table & string,
    message: string,
    options: { readonly details?: Readonly<Record<string, unknown>>; readonly cause?: unknown } = {},
  ): MillraceError => {
    const entry = (table as ErrorCodeTable)[code as `MR_${string}`];
    if (entry === undefined) throw new TypeError(`no such error code: ${code}`);
    return new MillraceError(code, message, { disposition: entry.disposition, ...options });
  };
}

/** Turns anything thrown into a form that crosses threads and processes. */
export function serializeError(error: unknown): SerializedError {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error) };
  return {
    name: error.name,
    message: error.message,
    ...(error.stack === undefined ? {} : { stack: error.stack }),
    ...(isMillraceError(error)
      ? { code: error.code, disposition: error.disposition, details: error.details }
      : {}),
    ...(error.cause === undefined ? {} : { cause: serializeError(error.cause) }),
  };
}

/** The counterpart of `serializeError`: a `MillraceError` where it was one, else an `Error` with name and stack. */
export function deserializeError(error: SerializedError): Error {
  const cause = error.cause === undefined ? undefined : deserializeError(error.cause);
  const result =
    error.code === undefined
      ? new Error(error.message, cause === undefined ? undefined : { cause })
      : new MillraceError(error.code, error.message, {
          disposition: (error.disposition ?? 'fail-batch') as Disposition,
          ...(error.details === undefined ? {} : { details: error.details }),
          cause,
        });
  if (error.code === undefined) result.name = error.name;
  if (error.stack !== undefined) result.stack = error.stack;
  return result;
}
