// The codes of this package. A lost broker is not a failure of the engine: the receiver is restarted with growing delays. A
// setting that no restart can fix stops the engine.
import { errorFactory, type ErrorCodeTable } from '@millrace/core';

/** Every code of @millrace/receiver-amqp with its meaning. */
export const AMQP_ERROR_CODES = {
  MR_AMQP_UNREACHABLE: {
    disposition: 'back-off',
    meaning:
      'the broker did not answer, shuts down, or the connection broke; the receiver tries again with growing delays, and the broker sends unacknowledged messages again',
  },
  MR_AMQP_DENIED: {
    disposition: 'back-off',
    meaning:
      'the broker refused the credentials or the virtual host, or the user lacks a permission on the queue; check username, password, vhost and permissions',
  },
  MR_AMQP_TLS_UNUSABLE: {
    disposition: 'back-off',
    meaning:
      'the files named by the option tls cannot be read or do not match; the message contains the reason',
  },
  MR_AMQP_QUEUE_UNKNOWN: {
    disposition: 'stop-engine',
    meaning: 'the queue does not exist; correct the name, declare the queue, or set create',
  },
  MR_AMQP_QUEUE_DIFFERS: {
    disposition: 'stop-engine',
    meaning:
      'the queue exists with other properties than create asks for, for instance of another type; set create to false',
  },
  MR_AMQP_QUEUE_LOCKED: {
    disposition: 'back-off',
    meaning:
      'another consumer has the queue for itself; the receiver tries again with growing delays until the queue is free',
  },
  MR_AMQP_QUEUE_GONE: {
    disposition: 'back-off',
    meaning:
      'the broker ended the delivery of the queue: the queue was deleted, or the node of the queue went away',
  },
  MR_AMQP_MALFORMED: {
    disposition: 'skip-record',
    meaning:
      'a message is not in the form of the option value; the message was left out, or the receiver stopped, according to onMalformed',
  },
  MR_AMQP_FAILED: {
    disposition: 'back-off',
    meaning: 'the broker closed the channel or the connection for another reason, which is in the message',
  },
} as const satisfies ErrorCodeTable;

/** A code of this package. */
export type AmqpErrorCode = keyof typeof AMQP_ERROR_CODES;

/** Makes an error of this package's table. */
export const amqpError = errorFactory(AMQP_ERROR_CODES);
