// `redisStream`: a stream as a consumer of a group. The type argument is the program's own claim about the values, as with
// `JSON.parse`; the type is not checked.
import { CONNECTION_SECRETS, placeOf } from '@millrace/connection-redis';
import { type ConfiguredReceiver, defineReceiver, type ReceiverFactory } from '@millrace/core';
import { RECORDS_IN_FLIGHT_MAX, type RedisStreamInput, redisStreamOptions } from './group/group-options.ts';
import { ConsumerReceiver } from './group/consumer-receiver.ts';

/** Makes configured receivers. `T` is the expected type of records; the type is not checked. */
export interface RedisStreamFactory extends ReceiverFactory<unknown, RedisStreamInput> {
  <T = unknown>(options: RedisStreamInput): ConfiguredReceiver<T>;
}

/**
 * A receiver that reads a stream as a consumer of a group. The consumers of a group, in this program and elsewhere, share the
 * entries. An entry is acknowledged once its record is durable (REC-1), so a record is never lost, and may come again after a
 * failure: at least once.
 *
 * ```ts
 * const orders = ssc.receiverStream(
 *   redisStream<Order>({ host: 'localhost', stream: 'orders', group: 'billing', consumer: 'billing-1' }),
 * );
 * ```
 *
 * @throws `MR_CONFIG_INVALID_OPTION` with path, value and expectation.
 */
export const redisStream = defineReceiver({
  name: 'redis-stream',
  contract: 1,
  capabilities: {
    ack: 'individual',
    replayable: false,
    ordering: 'none',
    pause: true,
    bounded: false,
    format: 'records',
    touches: ['network'],
    maxInFlight: RECORDS_IN_FLIGHT_MAX,
  },
  options: redisStreamOptions,
  secrets: CONNECTION_SECRETS,
  describe: (options) => `redis stream ${options.stream} of group ${options.group} at ${placeOf(options)}`,
  create: (options) => new ConsumerReceiver(options),
}) as RedisStreamFactory;
