// Errors of the client library in the codes of this package.
import { failureKind, failureMessage, type FailedNatsAction } from '@millrace/connection-nats';
import { isMillraceError, type MillraceError } from '@millrace/core';
import { JetStreamApiCodes, JetStreamApiError } from '@nats-io/jetstream';
import { natsError } from '../nats-errors.ts';

const CODES = {
  denied: 'MR_NATS_DENIED',
  unreachable: 'MR_NATS_UNREACHABLE',
  other: 'MR_NATS_FAILED',
} as const;

/** The error of this package for any error; an error that has a code already stays unchanged. */
export function natsFailure(error: unknown, action: FailedNatsAction): MillraceError {
  if (isMillraceError(error)) return error;
  return natsError(CODES[failureKind(error)], failureMessage(error, action));
}

/** True when the server says that a consumer does not exist. */
export function isUnknownConsumer(error: unknown): boolean {
  return error instanceof JetStreamApiError && error.code === JetStreamApiCodes.ConsumerNotFound;
}
