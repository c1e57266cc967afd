// The public names of @millrace/sink-amqp.
export { amqpSink } from './amqp-sink.ts';
export type { AmqpSinkMessage } from './records/message-bodies.ts';
export { amqpSinkOptions } from './amqp-sink.options.ts';
export type { AmqpSinkInput, AmqpSinkOptions } from './amqp-sink.options.ts';
export type { AmqpConnectionInput, AmqpConnectionOptions } from '@millrace/connection-amqp';
export { AMQP_SINK_ERROR_CODES } from './amqp-sink-errors.ts';
