// Errors of the server and of the client library in the codes of this package, by their SQLSTATE. The message of the server
// goes on, because it names table and column; its detail stays here, because it may repeat values.
// https://www.postgresql.org/docs/current/errcodes-appendix.html
import { isMillraceError, type MillraceError } from '@millrace/core';
import { failureText, propertyOf } from '@millrace/core/engine';
import { postgresError, type PostgresErrorCode } from '../postgres-errors.ts';
import { addressOf, placeOf, type PostgresServerOptions } from './connection-options.ts';

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

const SQLSTATE = /^[0-9A-Z]{5}$/;

/** The SQLSTATE code of an error; undefined for an error that is not of the server. */
export function sqlStateOf(error: unknown): string | undefined {
  const code = propertyOf(error, 'code');
  const isOfServer = propertyOf(error, 'severity') !== undefined;
  return isOfServer && typeof code === 'string' && SQLSTATE.test(code) ? code : undefined;
}

/**
 * The error of this package for any error; an error that has a code already stays unchanged.
 *
 * @param what The failed action: a verb with its object, for instance `read table "t"`.
 */
export function postgresFailure(error: unknown, what: string, options: PostgresServerOptions): MillraceError {
  if (isMillraceError(error)) return error;
  const state = sqlStateOf(error);
  const { password } = addressOf(options);
  const secrets = [password, options.password, options.url, options.tls?.passphrase];
  const reason = `${failureText(error, secrets)}${state === undefined ? '' : ` (SQLSTATE ${state})`}`;
  // The client library itself ends an authentication without a usable password.
  const isDenied = state === undefined && reason.startsWith('SASL:');
  const code = isDenied ? 'MR_POSTGRES_DENIED' : codeOf(state);
  return postgresError(code, `could not ${what} in ${placeOf(options)}: ${reason}`, {
    details: state === undefined ? {} : { sqlState: state },
  });
}

/** Errors without a state come from the socket or from the client. */
function codeOf(state: string | undefined): PostgresErrorCode {
  if (state === undefined) return 'MR_POSTGRES_UNREACHABLE';
  return BY_STATE[state] ?? BY_CLASS[state.slice(0, 2)] ?? 'MR_POSTGRES_FAILED';
}
