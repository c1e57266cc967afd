// The public names of @millrace/connection-amqp.
export { amqpReply } from './amqp-reply.ts';
export type { AmqpReply, FailedAmqpAction } from './amqp-reply.ts';
export {
  addressOf,
  CONNECTION_RULES,
  CONNECTION_SECRETS,
  connectionMismatches,
  placeOf,
} from './connection-options.ts';
export type { AmqpAddress, AmqpConnectionInput, AmqpConnectionOptions } from './connection-options.ts';
export { openConnection } from './open-connection.ts';
export type { AmqpConnectionDeps } from './open-connection.ts';
