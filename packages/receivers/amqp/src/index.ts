// The public names of @millrace/receiver-amqp.
export { amqpQueue } from './amqp-queue.ts';
export type { AmqpQueueFactory } from './amqp-queue.ts';
export { amqpQueueOptions } from './reading/queue-options.ts';
export type { AmqpQueueInput, AmqpQueueOptions } from './reading/queue-options.ts';
export type { AmqpMessage } from './reading/message-record.ts';
export type { AmqpConnectionInput, AmqpConnectionOptions } from '@millrace/connection-amqp';
export { amqpReceivers } from './amqp.module.ts';
export { AMQP_ERROR_CODES } from './amqp-errors.ts';
