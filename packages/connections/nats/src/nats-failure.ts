// Errors of the client library. Only the words of the errors go on, without secrets. The plugin gives the failure a code of its
// own.
import { failureText } from '@millrace/core/engine';
import { JetStreamApiCodes, JetStreamApiError } from '@nats-io/jetstream';
import { errors } from '@nats-io/transport-node';
import { type NatsConnectionOptions, secretsOf } from './connection-options.ts';

/** The action that failed, and the options whose secrets must not appear. */
export interface FailedNatsAction {
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

/** The kinds of failure: a refused user, a server that is away or silent, and anything else. */
export type NatsFailureKind = 'denied' | 'unreachable' | 'other';

/** The kind of an error of the client library. */
export function failureKind(error: unknown): NatsFailureKind {
  const chain = chainOf(error);
  // The library wraps a refusal in an error of the request that was refused.
  if (chain.some((one) => DENIED.some((kind) => one instanceof kind))) return 'denied';
  return chain.some(isUnreachable) ? 'unreachable' : 'other';
}

/** The message of an error of the plugin, for instance `could not read the stream orders: …`, without secrets. */
export function failureMessage(error: unknown, { what, options }: FailedNatsAction): string {
  return `could not ${what}: ${failureText(error, secretsOf(options))}`;
}

/** True when the server says that a stream does not exist. */
export function isUnknownStream(error: unknown): boolean {
  return error instanceof JetStreamApiError && error.code === JetStreamApiCodes.StreamNotFound;
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
