// Errors of the client library in the codes of this package.
import { type FailedNatsAction, failureKind, failureMessage } from '@millrace/connection-nats';
import { isMillraceError, type MillraceError } from '@millrace/core';
import { JetStreamApiCodes, JetStreamApiError } from '@nats-io/jetstream';
import { natsSinkError, type NatsSinkErrorCode } from '../nats-sink-errors.ts';

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

const CODES = {
  denied: 'MR_SINK_NATS_DENIED',
  unreachable: 'MR_SINK_NATS_UNREACHABLE',
  other: 'MR_SINK_NATS_FAILED',
} as const;

/** The failed action, for the message and the details. */
export interface NatsSinkAction extends FailedNatsAction {
  readonly details?: Readonly<Record<string, unknown>>;
}

/** The error of this package for any error; an error that has a code already stays unchanged. */
export function natsSinkFailure(error: unknown, { details = {}, ...action }: NatsSinkAction): MillraceError {
  if (isMillraceError(error)) return error;
  return natsSinkError(codeOf(error), failureMessage(error, action), { details });
}

/** The error for files of `tls`, `credentialsFile` and `nkeyFile` that cannot be used. */
export function unusableFiles(message: string): MillraceError {
  return natsSinkError('MR_SINK_NATS_FILES_UNUSABLE', message);
}

/** True when the server refuses a message because its subject has another last message than expected. */
export function isAnotherLast(error: unknown): boolean {
  return error instanceof JetStreamApiError && ANOTHER_LAST.has(error.code);
}

function codeOf(error: unknown): NatsSinkErrorCode {
  if (error instanceof JetStreamApiError) return REFUSALS.get(error.code) ?? 'MR_SINK_NATS_FAILED';
  return CODES[failureKind(error)];
}
