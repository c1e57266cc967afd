// Errors of the server and of the client library in the codes of this package, by their SQLSTATE.
import { type FailedPostgresAction, serverFailure, sqlStateOf } from '@millrace/connection-postgres';
import { isMillraceError, type MillraceError } from '@millrace/core';
import { propertyOf } from '@millrace/core/engine';
import { postgresSinkError, type PostgresSinkErrorCode } from '../postgres-sink-errors.ts';

const BY_STATE: Readonly<Record<string, PostgresSinkErrorCode>> = {
  '40001': 'MR_SINK_POSTGRES_BUSY', // serialization_failure
  '40P01': 'MR_SINK_POSTGRES_BUSY', // deadlock_detected
  '55P03': 'MR_SINK_POSTGRES_BUSY', // lock_not_available
  '25006': 'MR_SINK_POSTGRES_READ_ONLY', // read_only_sql_transaction
  '25P03': 'MR_SINK_POSTGRES_UNREACHABLE', // idle_in_transaction_session_timeout
  '53300': 'MR_SINK_POSTGRES_UNREACHABLE', // too_many_connections
  '57P01': 'MR_SINK_POSTGRES_UNREACHABLE', // admin_shutdown
  '57P02': 'MR_SINK_POSTGRES_UNREACHABLE', // crash_shutdown
  '57P03': 'MR_SINK_POSTGRES_UNREACHABLE', // cannot_connect_now
  '57P05': 'MR_SINK_POSTGRES_UNREACHABLE', // idle_session_timeout
  '42501': 'MR_SINK_POSTGRES_DENIED', // insufficient_privilege
  '3D000': 'MR_SINK_POSTGRES_DENIED', // invalid_catalog_name
  '3F000': 'MR_SINK_POSTGRES_SCHEMA', // invalid_schema_name
};

/** The first two characters of a state are its class. */
const BY_CLASS: Readonly<Record<string, PostgresSinkErrorCode>> = {
  '08': 'MR_SINK_POSTGRES_UNREACHABLE', // connection exceptions
  '22': 'MR_SINK_POSTGRES_VALUE', // data exceptions
  '23': 'MR_SINK_POSTGRES_CONSTRAINT', // integrity constraint violations
  '28': 'MR_SINK_POSTGRES_DENIED', // invalid authorization
  '42': 'MR_SINK_POSTGRES_SCHEMA', // syntax errors and missing names
  '53': 'MR_SINK_POSTGRES_FULL', // insufficient resources
};

/** The failed action, for the message and the details. */
export interface PostgresAction extends FailedPostgresAction {
  readonly details?: Readonly<Record<string, unknown>>;
}

/** The error of this package for any error; an error that has a code already stays unchanged. */
export function postgresFailure(error: unknown, { details, ...action }: PostgresAction): MillraceError {
  if (isMillraceError(error)) return error;
  const { message, sqlState, isUnauthenticated } = serverFailure(error, action);
  return postgresSinkError(isUnauthenticated ? 'MR_SINK_POSTGRES_DENIED' : codeOf(sqlState), message, {
    details: { ...details, ...namesOf(error), ...(sqlState === undefined ? {} : { sqlState }) },
  });
}

/** The error for files of `tls` that cannot be used. */
export function unusableTls(message: string): MillraceError {
  return postgresSinkError('MR_SINK_POSTGRES_TLS_UNUSABLE', message);
}

/** True when the transaction may run again at once. */
export function isConflict(error: unknown): boolean {
  const state = sqlStateOf(error);
  return state === '40001' || state === '40P01';
}

/** True when a value or a constraint is wrong, so a single record is to blame. */
export function isOfRecord(error: unknown): boolean {
  return /^2[23]/.test(sqlStateOf(error) ?? '');
}

/** True when the connection is gone or about to go. Errors without a state come from the socket or the client. */
export function isLostConnection(error: unknown): boolean {
  return !isMillraceError(error) && codeOf(sqlStateOf(error)) === 'MR_SINK_POSTGRES_UNREACHABLE';
}

function codeOf(state: string | undefined): PostgresSinkErrorCode {
  if (state === undefined) return 'MR_SINK_POSTGRES_UNREACHABLE';
  return BY_STATE[state] ?? BY_CLASS[state.slice(0, 2)] ?? 'MR_SINK_POSTGRES_FAILED';
}

/** Table, column and constraint, as far as the server names them. */
function namesOf(error: unknown): Readonly<Record<string, string>> {
  const names: Record<string, string> = {};
  for (const name of ['table', 'column', 'constraint']) {
    const value = propertyOf(error, name);
    if (typeof value === 'string') names[name] = value;
  }
  return names;
}
