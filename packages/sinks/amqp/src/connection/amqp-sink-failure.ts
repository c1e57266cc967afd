// Errors of the client library in the codes of this package, by the reply codes of AMQP.
import { amqpReply, type FailedAmqpAction } from '@millrace/connection-amqp';
import { isMillraceError, type MillraceError } from '@millrace/core';
import { amqpSinkError, type AmqpSinkErrorCode } from '../amqp-sink-errors.ts';

const BY_REPLY: Readonly<Record<number, AmqpSinkErrorCode>> = {
  311: 'MR_SINK_AMQP_TOO_LARGE', // content too large
  320: 'MR_SINK_AMQP_UNREACHABLE', // connection forced: the broker shuts down
  403: 'MR_SINK_AMQP_DENIED', // access refused
  404: 'MR_SINK_AMQP_UNKNOWN', // not found
  530: 'MR_SINK_AMQP_DENIED', // not allowed: the virtual host
};
const PRECONDITION_FAILED = 406;

/** The error of this package for any error; an error that has a code already stays unchanged. */
export function amqpSinkFailure(error: unknown, action: FailedAmqpAction): MillraceError {
  if (isMillraceError(error)) return error;
  const { message, replyCode } = amqpReply(error, action);
  if (replyCode === undefined) return amqpSinkError('MR_SINK_AMQP_UNREACHABLE', message);
  const isTooLarge = replyCode === PRECONDITION_FAILED && message.includes('larger than');
  const code = isTooLarge ? 'MR_SINK_AMQP_TOO_LARGE' : (BY_REPLY[replyCode] ?? 'MR_SINK_AMQP_FAILED');
  return amqpSinkError(code, message, { details: { replyCode } });
}

/** The error for files of `tls` that cannot be used. */
export function unusableTls(message: string): MillraceError {
  return amqpSinkError('MR_SINK_AMQP_TLS_UNUSABLE', message);
}
