// Errors of the client library in the codes of this package. Only the words of the errors go on, without secrets.
import { isMillraceError, type MillraceError } from '@millrace/core';
import { failureText } from '@millrace/core/engine';
import { JetStreamApiCodes, JetStreamApiError } from '@nats-io/jetstream';
import { errors } from '@nats-io/transport-node';
import { natsSinkError, type NatsSinkErrorCode } from '../nats-sink-errors.ts';
import { type NatsSinkConnectionOptions, secretsOf } from './connection-options.ts';

/** The action that failed, and the options whose secrets must not appear. */
export interface NatsSinkAction {
  /** For the message, for instance `write partition 3 to the stream orders`. */
  readonly what: string;
  readonly options: NatsSinkConnectionOptions;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** Codes of the server. */
const ANOTHER_LAST: ReadonlySet<number> = new Set([
  JetStreamApiCodes.StreamWrongLastSequence,
  JetStreamApiCodes.StreamWrongLastSequenceUnknown,
]);
const REFUSALS: ReadonlyMap<number, NatsSinkErrorCode> = new Map([
  // The message is larger than the stream permits.
  [10_054, 'MR_SINK_NATS_REFUSED'],
  // Atomic batches are disabled.
  [10_174, 'MR_SINK_NATS_STREAM_UNFIT'],
  [JetStreamApiCodes.StreamNotFound, 'MR_SINK_NATS_STREAM_UNKNOWN'],
  // Too many open batches; storage, or a limit of the stream, is exhausted.
  [10_210, 'MR_SINK_NATS_BUSY'],
  [10_023, 'MR_SINK_NATS_BUSY'],
  [10_047, 'MR_SINK_NATS_BUSY'],
  [10_077, 'MR_SINK_NATS_BUSY'],
  // No leader, or the server is about to stop.
  [10_008, 'MR_SINK_NATS_UNREACHABLE'],
  [10_009, 'MR_SINK_NATS_UNREACHABLE'],
]);

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
export function natsSinkFailure(
  error: unknown,
  { what, options, details = {} }: NatsSinkAction,
): MillraceError {
  if (isMillraceError(error)) return error;
  const text = failureText(error, secretsOf(options));
  return natsSinkError(codeOf(error), `could not ${what}: ${text}`, { details });
}

/** True when the server says that a stream does not exist. */
export function isUnknownStream(error: unknown): boolean {
  return error instanceof JetStreamApiError && error.code === JetStreamApiCodes.StreamNotFound;
}

/** True when the server refuses a message because its subject has another last message than expected. */
export function isAnotherLast(error: unknown): boolean {
  return error instanceof JetStreamApiError && ANOTHER_LAST.has(error.code);
}

function codeOf(error: unknown): NatsSinkErrorCode {
  if (error instanceof JetStreamApiError) return REFUSALS.get(error.code) ?? 'MR_SINK_NATS_FAILED';
  const chain = chainOf(error);
  // The library wraps a refusal in an error of the request that was refused.
  if (chain.some((one) => DENIED.some((kind) => one instanceof kind))) return 'MR_SINK_NATS_DENIED';
  return chain.some(isUnreachable) ? 'MR_SINK_NATS_UNREACHABLE' : 'MR_SINK_NATS_FAILED';
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
