// Errors of the client library in the codes of this package, by the reply codes of AMQP.
import { amqpReply, type FailedAmqpAction } from '@millrace/connection-amqp';
import { isMillraceError, type MillraceError } from '@millrace/core';
import { amqpError, type AmqpErrorCode } from '../amqp-errors.ts';

const BY_REPLY: Readonly<Record<number, AmqpErrorCode>> = {
  320: 'MR_AMQP_UNREACHABLE', // connection forced: the broker shuts down
  403: 'MR_AMQP_DENIED', // access refused
  404: 'MR_AMQP_QUEUE_UNKNOWN', // not found
  405: 'MR_AMQP_QUEUE_LOCKED', // resource locked
  530: 'MR_AMQP_DENIED', // not allowed: the virtual host
};
const PRECONDITION_FAILED = 406;

/** The action that failed. */
export interface FailedQueueAction extends FailedAmqpAction {
  /** True while the queue is declared. */
  readonly isDeclaring?: boolean;
}

/** The error of this package for any error; an error that has a code already stays unchanged. */
export function amqpFailure(error: unknown, action: FailedQueueAction): MillraceError {
  if (isMillraceError(error)) return error;
  const { message, replyCode } = amqpReply(error, action);
  if (replyCode === undefined) return amqpError('MR_AMQP_UNREACHABLE', message);
  const differs = action.isDeclaring === true && replyCode === PRECONDITION_FAILED;
  const code = differs ? 'MR_AMQP_QUEUE_DIFFERS' : (BY_REPLY[replyCode] ?? 'MR_AMQP_FAILED');
  return amqpError(code, message, { details: { replyCode } });
}

/** The error for files of `tls` that cannot be used. */
export function unusableTls(message: string): MillraceError {
  return amqpError('MR_AMQP_TLS_UNUSABLE', message);
}
