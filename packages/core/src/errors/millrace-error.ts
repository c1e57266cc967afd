// One class for every operational error, with a code that programs match on and a message that people read.
// Programmer errors inside the engine are plain `TypeError`s and assertions: nobody is meant to react to those.
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

const DISPOSITIONS: readonly unknown[] = [
  'retry',
  'back-off',
  'skip-record',
  'fail-batch',
  'stop-engine',
] satisfies Disposition[];

/** Whether a value from outside is a disposition. */
export function isDisposition(value: unknown): value is Disposition {
  return DISPOSITIONS.includes(value);
}

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

/** Whether this is a Millrace error, and if asked, one with this code. Never throws, whatever was thrown. */
export function isMillraceError(error: unknown, code?: string): error is MillraceError {
  if (typeof error !== 'object' || error === null) return false;
  try {
    return BRAND in error && (code === undefined || (error as { code?: unknown }).code === code);
  } catch {
    // A proxy whose traps throw.
    return false;
  }
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
