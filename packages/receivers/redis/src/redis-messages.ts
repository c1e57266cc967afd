// `redisMessages`: messages of channels (publish and subscribe). The type argument is the program's own claim about the values,
// as with `JSON.parse`; the type is not checked.
import { CONNECTION_SECRETS, placeOf } from '@millrace/connection-redis';
import { type ConfiguredReceiver, defineReceiver, type ReceiverFactory } from '@millrace/core';
import { type RedisMessagesInput, redisMessagesOptions } from './messages/messages-options.ts';
import { MessagesReceiver } from './messages/messages-receiver.ts';

/** Makes configured receivers. `T` is the expected type of records; the type is not checked. */
export interface RedisMessagesFactory extends ReceiverFactory<unknown, RedisMessagesInput> {
  <T = unknown>(options: RedisMessagesInput): ConfiguredReceiver<T>;
}

/**
 * A receiver of messages of channels. The server keeps no message: what is published while no connection stands is lost, and a
 * message that finds no room in the engine and none in the queue is dropped and counted. At most once.
 *
 * ```ts
 * const prices = ssc.receiverStream(redisMessages<Price>({ host: 'localhost', channels: ['prices'] }));
 * ```
 *
 * @throws `MR_CONFIG_INVALID_OPTION` with path, value and expectation.
 */
export const redisMessages = defineReceiver({
  name: 'redis-messages',
  contract: 1,
  capabilities: {
    ack: 'none',
    replayable: false,
    ordering: 'per-stream',
    pause: false,
    bounded: false,
    format: 'records',
    touches: ['network'],
  },
  options: redisMessagesOptions,
  secrets: CONNECTION_SECRETS,
  describe: (options) => {
    const names = [...(options.channels ?? []), ...(options.patterns ?? [])];
    return `redis channels ${names.join(', ')} at ${placeOf(options)}`;
  },
  create: (options) => new MessagesReceiver(options),
}) as RedisMessagesFactory;
