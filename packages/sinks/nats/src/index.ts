// The public names of @millrace/sink-nats.
export { natsSink } from './nats-sink.ts';
export { natsSinkOptions } from './nats-sink.options.ts';
export type { NatsSinkInput, NatsSinkOptions, NatsTargetOptions } from './nats-sink.options.ts';
export type { NatsConnectionInput, NatsConnectionOptions } from '@millrace/connection-nats';
export type { NatsSinkMessage } from './messages/nats-sink-message.ts';
export { NATS_SINK_ERROR_CODES } from './nats-sink-errors.ts';
