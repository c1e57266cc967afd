// The only class for operational errors, with a code for programs and a message for people. Programmer errors inside
// the engine are plain `TypeError`s and assertions: no code is meant to react to a programmer error.
/** The engine's default reaction to an error. */
export type Disposition =
  /** Try the same operation again, soon. */
  | 'retry'
  /** Try the same operation again, with growing delays; stop the source meanwhile. */
  | 'back-off'
  /** Leave the record out, count the record, log the record. */
  | 'skip-record'
  /** Fail the batch as configured by `onBatchFailure`. */
  | 'fail-batch'
  /**
   * Stop the engine with this error, and never try again. Inside a job the batch fails at once and `onBatchFailure`
   * decides; a receiver that ends itself with such an error (`context.stop`) ends alone.
   */
  | 'stop-engine';

const DISPOSITIONS: readonly unknown[] = [
  'retry',
  'back-off',
  'skip-record',
  'fail-batch',
  'stop-engine',
] satisfies Disposition[];

/** True when a value from outside is a disposition. */
export function isDisposition(value: unknown): value is Disposition {
  return DISPOSITIONS.includes(value);
}

/** One line of a package's table of codes. */
export interface ErrorCode {
  readonly disposition: Disposition;
  /** The meaning of the code and the remedy, in one sentence; printed on the reference page. */
  readonly meaning: string;
}

/** A package's table of codes: `MR_<AREA>_<CONDITION>` to its meaning. */
export type ErrorCodeTable = Readonly<Record<`MR_${string}`, ErrorCode>>;

const BRAND = Symbol.for('millrace:MillraceError');

/** The fields of an error besides its message. */
export interface MillraceErrorOptions {
  readonly disposition: Disposition;
  /** Serialisable values behind the message. */
  readonly details?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

/**
 * An operational error. Codes are stable within a major version, messages may improve at any time. Test for a
 * MillraceError with `isMillraceError`, which also works across duplicate installs, and not with `instanceof`.
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

/** True for a Millrace error, and, with `code`, for an error with this code. Never throws, for any thrown value. */
export function isMillraceError(error: unknown, code?: string): error is MillraceError {
  if (typeof error !== 'object' || error === null) return false;
  try {
    return BRAND in error && (code === undefined || (error as { code?: unknown }).code === code);
  } catch {
    // A proxy with throwing traps.
    return false;
  }
}

/** Makes errors of one package's table. The compiler checks the codes; the table defines the disposition. */
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
