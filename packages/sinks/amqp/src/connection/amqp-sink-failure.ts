// Errors of the client library in the codes of this package, by the reply codes of AMQP. The library repeats no content of
// messages; secrets of the options are taken out all the same.
// https://www.rabbitmq.com/amqp-0-9-1-reference#constants
import { isMillraceError, type MillraceError } from '@millrace/core';
import { failureText, propertyOf } from '@millrace/core/engine';
import { amqpSinkError, type AmqpSinkErrorCode } from '../amqp-sink-errors.ts';
import { addressOf, type AmqpSinkConnectionOptions, placeOf } from './connection-options.ts';

const BY_REPLY: Readonly<Record<number, AmqpSinkErrorCode>> = {
  311: 'MR_SINK_AMQP_TOO_LARGE', // content too large
  320: 'MR_SINK_AMQP_UNREACHABLE', // connection forced: the broker shuts down
  403: 'MR_SINK_AMQP_DENIED', // access refused
  404: 'MR_SINK_AMQP_UNKNOWN', // not found
  530: 'MR_SINK_AMQP_DENIED', // not allowed: the virtual host
};
const PRECONDITION_FAILED = 406;
const ACCESS_REFUSED = 403;
const NOT_ALLOWED = 530;
const VHOST_REFUSED = 'Expected ConnectionOpenOk; got <ConnectionClose';

/** The error of this package for any error; an error that has a code already stays unchanged. `what`: the failed action. */
export function amqpSinkFailure(
  error: unknown,
  what: string,
  options: AmqpSinkConnectionOptions,
): MillraceError {
  if (isMillraceError(error)) return error;
  const { password } = addressOf(options);
  const hidden = password === 'guest' ? undefined : password;
  const told = failureText(error, [hidden, options.password, options.url, options.tls?.passphrase]);
  const text = told.startsWith(VHOST_REFUSED) ? 'the broker refused the virtual host' : told;
  const message = `could not ${what} at ${placeOf(options)}: ${text}`;
  const reply = replyOf(error, told);
  if (reply === undefined) return amqpSinkError('MR_SINK_AMQP_UNREACHABLE', message);
  const isTooLarge = reply === PRECONDITION_FAILED && told.includes('larger than');
  const code = isTooLarge ? 'MR_SINK_AMQP_TOO_LARGE' : (BY_REPLY[reply] ?? 'MR_SINK_AMQP_FAILED');
  return amqpSinkError(code, message, { details: { replyCode: reply } });
}

function replyOf(error: unknown, text: string): number | undefined {
  const code = propertyOf(error, 'code');
  if (typeof code === 'number') return code;
  // A refusal of the handshake has its reply code in the words only, and that of the virtual host not even there.
  if (text.includes('ACCESS_REFUSED') || text.includes('ACCESS-REFUSED')) return ACCESS_REFUSED;
  return text.startsWith(VHOST_REFUSED) ? NOT_ALLOWED : undefined;
}
