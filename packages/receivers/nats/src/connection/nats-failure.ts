// Errors of the client library in the codes of this package. Only the words of the errors go on, without secrets.
import { isMillraceError, type MillraceError } from '@millrace/core';
import { failureText } from '@millrace/core/engine';
import { JetStreamApiCodes, JetStreamApiError } from '@nats-io/jetstream';
import { errors } from '@nats-io/transport-node';
import { natsError, type NatsErrorCode } from '../nats-errors.ts';
import { type NatsConnectionOptions, secretsOf } from './connection-options.ts';

/** The action that failed, and the options whose secrets must not appear. */
export interface NatsAction {
  /** For the message, for instance `read the stream orders`. */
  readonly what: string;
  readonly options: NatsConnectionOptions;
}

const ERRORS_MAX = 8;
const DENIED = [
  errors.AuthorizationError,
  errors.UserAuthenticationExpiredError,
  errors.PermissionViolationError,
];
const UNREACHABLE = [
  errors.ConnectionError,
  errors.ClosedConnectionError,
  errors.DrainingConnectionError,
  errors.TimeoutError,
  errors.NoRespondersError,
  errors.RequestError,
];
/** Codes of the operating system and of TLS, for instance `ECONNREFUSED` and `CERT_HAS_EXPIRED`. */
const NETWORK = /^(?:E[A-Z]+|ERR_TLS_.*|ERR_SSL_.*|UNABLE_TO_.*|.*CERT.*)$/;

/** The error of this package for any error; an error that has a code already stays unchanged. */
export function natsFailure(error: unknown, { what, options }: NatsAction): MillraceError {
  if (isMillraceError(error)) return error;
  return natsError(codeOf(error), `could not ${what}: ${failureText(error, secretsOf(options))}`);
}

/** True when the server says that a stream does not exist. */
export function isUnknownStream(error: unknown): boolean {
  return error instanceof JetStreamApiError && error.code === JetStreamApiCodes.StreamNotFound;
}

/** True when the server says that a consumer does not exist. */
export function isUnknownConsumer(error: unknown): boolean {
  return error instanceof JetStreamApiError && error.code === JetStreamApiCodes.ConsumerNotFound;
}

function codeOf(error: unknown): NatsErrorCode {
  const chain = chainOf(error);
  // The library wraps a refusal in an error of the request that was refused.
  if (chain.some((one) => DENIED.some((kind) => one instanceof kind))) return 'MR_NATS_DENIED';
  return chain.some(isUnreachable) ? 'MR_NATS_UNREACHABLE' : 'MR_NATS_FAILED';
}

function isUnreachable(error: Error): boolean {
  const { code } = error as { readonly code?: unknown };
  return (
    UNREACHABLE.some((kind) => error instanceof kind) || (typeof code === 'string' && NETWORK.test(code))
  );
}

/** The error and its causes. */
function chainOf(error: unknown): readonly Error[] {
  const chain: Error[] = [];
  for (let one = error; one instanceof Error && chain.length < ERRORS_MAX; one = one.cause) chain.push(one);
  return chain;
}
