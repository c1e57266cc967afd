// Errors of the server and of the client library, by their SQLSTATE. The message of the server goes on, because it names table,
// column and constraint; its detail stays here, because it repeats values and whole rows. The plugin gives the failure a code of
// its own.
// https://www.postgresql.org/docs/current/errcodes-appendix.html
import { failureText, propertyOf } from '@millrace/core/engine';
import { addressOf, placeOf, type PostgresConnectionOptions } from './connection-options.ts';

const SQLSTATE = /^[0-9A-Z]{5}$/;

/** The action that failed, and the options whose secrets must not appear. */
export interface FailedPostgresAction {
  /** A verb with its object, for instance `read table "t"`. */
  readonly what: string;
  readonly options: PostgresConnectionOptions;
}

/** The facts of a failure from which a plugin makes its own error. */
export interface ServerFailure {
  /** For instance `could not read table "t" in d at h:5432: … (SQLSTATE 42P01)`, without secrets. */
  readonly message: string;
  /** The SQLSTATE code; undefined for an error of the socket or of the client library. */
  readonly sqlState: string | undefined;
  /** True when the client library itself ended an authentication without a usable password. */
  readonly isUnauthenticated: boolean;
}

/** The SQLSTATE code of an error; undefined for an error that is not of the server. */
export function sqlStateOf(error: unknown): string | undefined {
  const code = propertyOf(error, 'code');
  const isOfServer = propertyOf(error, 'severity') !== undefined;
  return isOfServer && typeof code === 'string' && SQLSTATE.test(code) ? code : undefined;
}

/** The facts of an error. */
export function serverFailure(error: unknown, { what, options }: FailedPostgresAction): ServerFailure {
  const sqlState = sqlStateOf(error);
  const { password } = addressOf(options);
  const text = failureText(error, [password, options.password, options.url, options.tls?.passphrase]);
  const state = sqlState === undefined ? '' : ` (SQLSTATE ${sqlState})`;
  return {
    message: `could not ${what} in ${placeOf(options)}: ${text}${state}`,
    sqlState,
    isUnauthenticated: sqlState === undefined && text.startsWith('SASL:'),
  };
}
