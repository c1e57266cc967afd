// Errors of the client library, by the reply codes of AMQP. The library repeats no content of messages; secrets of the options are
// taken out all the same. The plugin gives the failure a code of its own.
// https://www.rabbitmq.com/amqp-0-9-1-reference#constants
import { failureText, propertyOf } from '@millrace/core/engine';
import { addressOf, type AmqpConnectionOptions, placeOf } from './connection-options.ts';

const ACCESS_REFUSED = 403;
const NOT_ALLOWED = 530;
const VHOST_REFUSED = 'Expected ConnectionOpenOk; got <ConnectionClose';

/** The action that failed, and the options whose secrets must not appear. */
export interface FailedAmqpAction {
  /** For the message, for instance `connect`. */
  readonly what: string;
  readonly options: AmqpConnectionOptions;
}

/** The facts of a failure from which a plugin makes its own error. */
export interface AmqpReply {
  /** For instance `could not connect at h:5672: …`, without secrets. */
  readonly message: string;
  /** The reply code of the broker, for instance 404; undefined without an answer of the broker. */
  readonly replyCode: number | undefined;
}

/** The facts of an error of the client library. */
export function amqpReply(error: unknown, { what, options }: FailedAmqpAction): AmqpReply {
  const { password } = addressOf(options);
  const hidden = password === 'guest' ? undefined : password;
  const told = failureText(error, [hidden, options.password, options.url, options.tls?.passphrase]);
  const text = told.startsWith(VHOST_REFUSED) ? 'the broker refused the virtual host' : told;
  return {
    message: `could not ${what} at ${placeOf(options)}: ${text}`,
    replyCode: replyCodeOf(error, told),
  };
}

function replyCodeOf(error: unknown, text: string): number | undefined {
  const code = propertyOf(error, 'code');
  if (typeof code === 'number') return code;
  // A refusal of the handshake has its reply code in the words only, and that of the virtual host not even there.
  if (text.includes('ACCESS_REFUSED') || text.includes('ACCESS-REFUSED')) return ACCESS_REFUSED;
  return text.startsWith(VHOST_REFUSED) ? NOT_ALLOWED : undefined;
}
