// `amqpQueue`: a queue, acknowledged after storing. The type argument is the program's own claim about the values, as with
// `JSON.parse`; the type is not checked.
import { CONNECTION_SECRETS, placeOf } from '@millrace/connection-amqp';
import { type ConfiguredReceiver, defineReceiver, type ReceiverFactory } from '@millrace/core';
import { type AmqpQueueInput, amqpQueueOptions, PREFETCH_MAX } from './reading/queue-options.ts';
import { QueueReceiver } from './reading/queue-receiver.ts';

/** Makes configured receivers. `T` is the expected type of records; the type is not checked. */
export interface AmqpQueueFactory extends ReceiverFactory<unknown, AmqpQueueInput> {
  <T = unknown>(options: AmqpQueueInput): ConfiguredReceiver<T>;
}

/**
 * A receiver of a queue. A message is acknowledged once durable (REC-1): a message is never lost by the receiver, and may come
 * again after a failure, so at least once.
 *
 * ```ts
 * const orders = ssc.receiverStream(amqpQueue<Order>({ host: 'localhost', queue: 'orders' }));
 * ```
 *
 * @throws `MR_CONFIG_INVALID_OPTION` with path, value and expectation.
 */
export const amqpQueue = defineReceiver({
  name: 'amqp-queue',
  contract: 1,
  capabilities: {
    ack: 'cumulative',
    replayable: false,
    ordering: 'per-stream',
    pause: true,
    bounded: false,
    format: 'records',
    touches: ['network'],
    maxInFlight: PREFETCH_MAX,
  },
  options: amqpQueueOptions,
  secrets: CONNECTION_SECRETS,
  describe: (options) => `amqp ${options.queue} at ${placeOf(options)}`,
  create: (options) => new QueueReceiver(options),
}) as AmqpQueueFactory;
