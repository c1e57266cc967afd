// Errors of DuckDB in the codes of this package. DuckDB names the kind of a failure at the beginning of its message.
import { isMillraceError, messageOf, type MillraceError } from '@millrace/core';
import { duckdbSinkError, type DuckdbSinkErrorCode } from '../duckdb-sink-errors.ts';

/** The first match decides; any other message is `MR_SINK_DUCKDB_FAILED`. */
const CODES: readonly (readonly [RegExp, DuckdbSinkErrorCode])[] = [
  [/could not set lock on file|conflicting lock|being used by another process/i, 'MR_SINK_DUCKDB_LOCKED'],
  [/no space left|disk quota|not enough space|file too large/i, 'MR_SINK_DUCKDB_FULL'],
  [/^out of memory error/i, 'MR_SINK_DUCKDB_MEMORY'],
  [/not a valid DuckDB database|database file with version|corrupt|checksum/i, 'MR_SINK_DUCKDB_DAMAGED'],
  [/^serialization error/i, 'MR_SINK_DUCKDB_DAMAGED'],
  [/^IO error: cannot open|^permission error|read-only/i, 'MR_SINK_DUCKDB_DENIED'],
  [/conflict on|write-write conflict|^transactioncontext error/i, 'MR_SINK_DUCKDB_BUSY'],
  [/^constraint error/i, 'MR_SINK_DUCKDB_CONSTRAINT'],
  [/^(?:conversion|out of range|invalid input|mismatch type) error/i, 'MR_SINK_DUCKDB_VALUE'],
  [/^(?:binder|catalog|parser|dependency) error/i, 'MR_SINK_DUCKDB_SCHEMA'],
];

const ADVICE: Partial<Record<DuckdbSinkErrorCode, string>> = {
  MR_SINK_DUCKDB_LOCKED: 'close the database there; DuckDB permits one process at a time, readers included',
  MR_SINK_DUCKDB_FULL: 'free some space, work resumes by itself',
  MR_SINK_DUCKDB_MEMORY: 'raise memoryMiB, or write smaller partitions',
  MR_SINK_DUCKDB_DAMAGED: 'restore the file, or write to another file',
  MR_SINK_DUCKDB_DENIED: 'check that the directory exists, and check owner and mode',
  MR_SINK_DUCKDB_CONSTRAINT: 'leave such records out with filter, or change the table',
  MR_SINK_DUCKDB_VALUE: 'convert such values in the program, or change the type of the column',
  MR_SINK_DUCKDB_SCHEMA: 'correct the options or the database',
};

/** The failed action, for the message and the details. */
export interface DuckdbOperation {
  /** A verb and its object, for instance `'open'` or `'write record 3 of partition 0 to'`. */
  readonly name: string;
  readonly file: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** The error of this package for an error of DuckDB; errors that have a code already stay unchanged. */
export function duckdbFailure({ name, file, details }: DuckdbOperation, cause: unknown): MillraceError {
  if (isMillraceError(cause)) return cause;
  const reason = messageOf(cause);
  const code = CODES.find(([pattern]) => pattern.test(reason))?.[1] ?? 'MR_SINK_DUCKDB_FAILED';
  const advice = ADVICE[code] === undefined ? '' : `; ${ADVICE[code]}`;
  return duckdbSinkError(code, `could not ${name} ${file}: ${reason}${advice}`, {
    details: { file, ...details },
    cause,
  });
}

/** True for a failure that a record may cause. */
export function isOfRecord(error: unknown): boolean {
  return (
    isMillraceError(error, 'MR_SINK_DUCKDB_VALUE') || isMillraceError(error, 'MR_SINK_DUCKDB_CONSTRAINT')
  );
}

/** True when DuckDB refuses every further statement until the database is opened anew. */
export function isFatal(cause: unknown): boolean {
  return /^(?:fatal|internal) error|has been invalidated/i.test(messageOf(cause));
}
