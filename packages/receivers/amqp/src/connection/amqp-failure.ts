// Errors of the client library in the codes of this package, by the reply codes of AMQP. The library repeats no content of
// messages; secrets of the options are taken out all the same.
// https://www.rabbitmq.com/amqp-0-9-1-reference#constants
import { isMillraceError, type MillraceError } from '@millrace/core';
import { failureText, propertyOf } from '@millrace/core/engine';
import { amqpError, type AmqpErrorCode } from '../amqp-errors.ts';
import { addressOf, type AmqpConnectionOptions, placeOf } from './connection-options.ts';

const BY_REPLY: Readonly<Record<number, AmqpErrorCode>> = {
  320: 'MR_AMQP_UNREACHABLE', // connection forced: the broker shuts down
  403: 'MR_AMQP_DENIED', // access refused
  404: 'MR_AMQP_QUEUE_UNKNOWN', // not found
  405: 'MR_AMQP_QUEUE_LOCKED', // resource locked
  530: 'MR_AMQP_DENIED', // not allowed: the virtual host
};
const PRECONDITION_FAILED = 406;
const ACCESS_REFUSED = 403;
const NOT_ALLOWED = 530;
const VHOST_REFUSED = 'Expected ConnectionOpenOk; got <ConnectionClose';

/** The action that failed, and the options whose secrets must not appear. */
export interface FailedAmqpAction {
  /** For the message, for instance `connect`. */
  readonly what: string;
  readonly options: AmqpConnectionOptions;
  /** True while the queue is declared. */
  readonly isDeclaring?: boolean;
}

/** The error of this package for any error; an error that has a code already stays unchanged. */
export function amqpFailure(error: unknown, { what, options, isDeclaring }: FailedAmqpAction): MillraceError {
  if (isMillraceError(error)) return error;
  const { password } = addressOf(options);
  const hidden = password === 'guest' ? undefined : password;
  const told = failureText(error, [hidden, options.password, options.url, options.tls?.passphrase]);
  const reply = replyOf(error, told);
  const text = told.startsWith(VHOST_REFUSED) ? 'the broker refused the virtual host' : told;
  const message = `could not ${what} at ${placeOf(options)}: ${text}`;
  if (reply === undefined) return amqpError('MR_AMQP_UNREACHABLE', message);
  const differs = isDeclaring === true && reply === PRECONDITION_FAILED;
  const code = differs ? 'MR_AMQP_QUEUE_DIFFERS' : (BY_REPLY[reply] ?? 'MR_AMQP_FAILED');
  return amqpError(code, message, { details: { replyCode: reply } });
}

function replyOf(error: unknown, text: string): number | undefined {
  const code = propertyOf(error, 'code');
  if (typeof code === 'number') return code;
  // A refusal of the handshake has its reply code in the words only, and that of the virtual host not even there.
  if (text.includes('ACCESS_REFUSED') || text.includes('ACCESS-REFUSED')) return ACCESS_REFUSED;
  return text.startsWith(VHOST_REFUSED) ? NOT_ALLOWED : undefined;
}
