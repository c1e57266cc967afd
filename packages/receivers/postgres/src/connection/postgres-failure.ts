// Errors of the server and of the client library in the codes of this package, by their SQLSTATE.
import { type PostgresConnectionOptions, serverFailure } from '@millrace/connection-postgres';
import { isMillraceError, type MillraceError } from '@millrace/core';
import { postgresError, type PostgresErrorCode } from '../postgres-errors.ts';

const BY_STATE: Readonly<Record<string, PostgresErrorCode>> = {
  '25P03': 'MR_POSTGRES_UNREACHABLE', // idle_in_transaction_session_timeout
  '42501': 'MR_POSTGRES_DENIED', // insufficient_privilege
  '55006': 'MR_POSTGRES_SLOT_ACTIVE', // object_in_use
  '3D000': 'MR_POSTGRES_DENIED', // invalid_catalog_name
  '42P01': 'MR_POSTGRES_TABLE_UNUSABLE', // undefined_table
  '42703': 'MR_POSTGRES_TABLE_UNUSABLE', // undefined_column
};

/** The first two characters of a state are its class. */
const BY_CLASS: Readonly<Record<string, PostgresErrorCode>> = {
  '08': 'MR_POSTGRES_UNREACHABLE', // connection exceptions
  '28': 'MR_POSTGRES_DENIED', // invalid authorization
  '53': 'MR_POSTGRES_UNREACHABLE', // insufficient resources, too many connections among them
  '57': 'MR_POSTGRES_UNREACHABLE', // operator intervention: shutdowns, and time-outs of the server
};

/**
 * The error of this package for any error; an error that has a code already stays unchanged.
 *
 * @param what The failed action: a verb with its object, for instance `read table "t"`.
 */
export function postgresFailure(
  error: unknown,
  what: string,
  options: PostgresConnectionOptions,
): MillraceError {
  if (isMillraceError(error)) return error;
  const { message, sqlState, isUnauthenticated } = serverFailure(error, { what, options });
  return postgresError(isUnauthenticated ? 'MR_POSTGRES_DENIED' : codeOf(sqlState), message, {
    details: sqlState === undefined ? {} : { sqlState },
  });
}

/** The error for files of `tls` that cannot be used. */
export function unusableTls(message: string): MillraceError {
  return postgresError('MR_POSTGRES_TLS_UNUSABLE', message);
}

/** Errors without a state come from the socket or from the client. */
function codeOf(state: string | undefined): PostgresErrorCode {
  if (state === undefined) return 'MR_POSTGRES_UNREACHABLE';
  return BY_STATE[state] ?? BY_CLASS[state.slice(0, 2)] ?? 'MR_POSTGRES_FAILED';
}
