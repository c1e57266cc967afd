// `redisStreamRange`: a stream by id, without a group. The type argument is the program's own claim about the values, as with
// `JSON.parse`; the type is not checked.
import { CONNECTION_SECRETS, placeOf } from '@millrace/connection-redis';
import { type ConfiguredReceiver, defineReceiver, type ReceiverFactory } from '@millrace/core';
import { validateOptions } from '@millrace/core/engine';
import {
  type RedisStreamRangeInput,
  type RedisStreamRangeOptions,
  redisStreamRangeOptions,
} from './range/range-options.ts';
import { RangeReceiver } from './range/range-receiver.ts';
import { streamRange } from './range/stream-range.ts';

/** Makes configured receivers. `T` is the expected type of records; the type is not checked. */
export interface RedisStreamRangeFactory extends ReceiverFactory<unknown, RedisStreamRangeInput> {
  <T = unknown>(options: RedisStreamRangeInput): ConfiguredReceiver<T>;
}

const definition = {
  name: 'redis-stream-range',
  contract: 1,
  capabilities: {
    ack: 'none',
    replayable: true,
    ordering: 'per-stream',
    pause: true,
    bounded: false,
    format: 'records',
    touches: ['network'],
  },
  options: redisStreamRangeOptions,
  secrets: CONNECTION_SECRETS,
  describe: (options: RedisStreamRangeOptions) => `redis stream ${options.stream} at ${placeOf(options)}`,
  create: (options: RedisStreamRangeOptions) => new RangeReceiver(options),
} as const;

const withRanges = defineReceiver({ ...definition, readRange: streamRange });
const withoutRanges = defineReceiver(definition);

/**
 * A receiver of a stream by id. The receiver joins no group and changes nothing in the stream: the engine keeps the position,
 * and goes on behind the last registered record after any failure, without a lost or repeated record.
 *
 * ```ts
 * const orders = ssc.receiverStream(redisStreamRange<Order>({ host: 'localhost', stream: 'orders' }));
 * ```
 *
 * @throws `MR_CONFIG_INVALID_OPTION` with path, value and expectation.
 */
export const redisStreamRange: RedisStreamRangeFactory = Object.freeze(
  Object.assign(
    <T = unknown>(input: RedisStreamRangeInput): ConfiguredReceiver<T> => {
      const { options: schema, secrets } = definition;
      const { options } = validateOptions({ owner: `receiver ${definition.name}`, schema, secrets, input });
      return (options.ranges ? withRanges(options) : withoutRanges(options)) as ConfiguredReceiver<T>;
    },
    { receiverName: withRanges.receiverName, capabilities: withRanges.capabilities },
  ),
);
