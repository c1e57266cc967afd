// The codes of this package. Each meaning names the remedy, and the disposition defines the engine's reaction: an absent or full
// broker is waited for, messages that cannot be delivered fail their batch, a failure that needs a human stops.
import { errorFactory, type ErrorCodeTable } from '@millrace/core';

/** Every code of @millrace/sink-amqp with its meaning. */
export const AMQP_SINK_ERROR_CODES = {
  MR_SINK_AMQP_UNREACHABLE: {
    disposition: 'back-off',
    meaning:
      'the broker did not answer, blocks publishers because memory or disk are short, or the connection broke; the write is tried again with growing delays, and messages whose confirmation was lost come twice',
  },
  MR_SINK_AMQP_DENIED: {
    disposition: 'stop-engine',
    meaning:
      'the broker refused the credentials or the virtual host, or the user lacks a permission on the exchange; correct them',
  },
  MR_SINK_AMQP_TLS_UNUSABLE: {
    disposition: 'stop-engine',
    meaning:
      'the files named by the option tls cannot be read or do not match; the message contains the reason',
  },
  MR_SINK_AMQP_UNKNOWN: {
    disposition: 'stop-engine',
    meaning:
      'the exchange or the queue does not exist; correct the name, or declare the exchange or the queue',
  },
  MR_SINK_AMQP_UNROUTABLE: {
    disposition: 'fail-batch',
    meaning:
      'no queue takes a message with this routing key, so the broker would have dropped the message; bind a queue, or set mandatory to false',
  },
  MR_SINK_AMQP_REFUSED: {
    disposition: 'back-off',
    meaning:
      'the broker refused a message, for instance because a queue is full and rejects publishers; the write is tried again with growing delays',
  },
  MR_SINK_AMQP_TOO_LARGE: {
    disposition: 'fail-batch',
    meaning:
      'a message is larger than the broker accepts; make records smaller, or raise the limit of the broker',
  },
  MR_SINK_AMQP_FAILED: {
    disposition: 'retry',
    meaning: 'the broker closed the channel or the connection for another reason, which is in the message',
  },
} as const satisfies ErrorCodeTable;

/** A code of this package. */
export type AmqpSinkErrorCode = keyof typeof AMQP_SINK_ERROR_CODES;

/** Makes an error of this package's table. */
export const amqpSinkError = errorFactory(AMQP_SINK_ERROR_CODES);
