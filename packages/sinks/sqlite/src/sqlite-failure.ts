// Errors of SQLite in the codes of this package. SQLite identifies failures by a number whose lowest byte is the kind
// and whose other bytes add details.
import { isMillraceError, messageOf, type MillraceError } from '@millrace/core';
import { propertyOf } from '@millrace/core/engine';
import { sqliteSinkError } from './sqlite-sink-errors.ts';

type FailureCode = Parameters<typeof sqliteSinkError>[0];

/** Result codes as in the documentation of SQLite; any other code is `MR_SINK_SQLITE_FAILED`. */
const CODES: ReadonlyMap<number, FailureCode> = new Map([
  [1, 'MR_SINK_SQLITE_SCHEMA'], // SQLITE_ERROR: with our fixed statements, a table or column that is not there
  [3, 'MR_SINK_SQLITE_DENIED'], // SQLITE_PERM
  [5, 'MR_SINK_SQLITE_BUSY'], // SQLITE_BUSY
  [6, 'MR_SINK_SQLITE_BUSY'], // SQLITE_LOCKED
  [8, 'MR_SINK_SQLITE_DENIED'], // SQLITE_READONLY
  [11, 'MR_SINK_SQLITE_DAMAGED'], // SQLITE_CORRUPT
  [13, 'MR_SINK_SQLITE_FULL'], // SQLITE_FULL
  [14, 'MR_SINK_SQLITE_DENIED'], // SQLITE_CANTOPEN
  [19, 'MR_SINK_SQLITE_CONSTRAINT'], // SQLITE_CONSTRAINT
  [20, 'MR_SINK_SQLITE_CONSTRAINT'], // SQLITE_MISMATCH: a row id that is no whole number
  [23, 'MR_SINK_SQLITE_DENIED'], // SQLITE_AUTH
  [26, 'MR_SINK_SQLITE_DAMAGED'], // SQLITE_NOTADB
]);

/** SQLITE_READONLY_DBMOVED: detected by SQLite itself in `delete` mode. */
const DATABASE_MOVED = 1_032;

const ADVICE: Partial<Record<FailureCode, string>> = {
  MR_SINK_SQLITE_SCHEMA: 'correct the options or the database',
  MR_SINK_SQLITE_DENIED: 'check that the directory exists, and check owner and mode',
  MR_SINK_SQLITE_BUSY: 'the write is tried again; raise busyTimeoutMs if this is frequent',
  MR_SINK_SQLITE_REPLACED:
    'the file was removed, renamed or replaced while open; restore the file, then start again',
  MR_SINK_SQLITE_DAMAGED: 'restore the file, or write to another file',
  MR_SINK_SQLITE_FULL: 'make room, work resumes by itself',
  MR_SINK_SQLITE_CONSTRAINT: 'leave such records out with filter, or change the table',
};

/** The failed action, for the message and the details. */
export interface SqliteOperation {
  /** A verb and its object, for instance `'open'` or `'write record 3 of partition 0 to'`. */
  readonly name: string;
  readonly file: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** The error of this package for an error of SQLite; errors that have a code already stay unchanged. */
export function sqliteFailure({ name, file, details }: SqliteOperation, cause: unknown): MillraceError {
  if (isMillraceError(cause)) return cause;
  const errcode = propertyOf(cause, 'errcode');
  const code = typeof errcode === 'number' ? codeOf(errcode) : 'MR_SINK_SQLITE_FAILED';
  const reason = messageOf(cause);
  const advice = ADVICE[code] === undefined ? '' : `; ${ADVICE[code]}`;
  return sqliteSinkError(code, `could not ${name} ${file}: ${reason}${advice}`, {
    details: { file, ...details, ...(typeof errcode === 'number' ? { errcode } : {}) },
    cause,
  });
}

function codeOf(errcode: number): FailureCode {
  if (errcode === DATABASE_MOVED) return 'MR_SINK_SQLITE_REPLACED';
  return CODES.get(errcode & 0xff) ?? 'MR_SINK_SQLITE_FAILED';
}
