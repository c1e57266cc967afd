// The function that applications call. The engine makes a receiver, with connections of its own, for every start.
import { defineReceiver, type Receiver } from '@millrace/core';
import { AcknowledgingReceiver } from './acknowledging-receiver.ts';
import { openSource, type RedisStreamRecord } from './read-source.ts';
import { MAX_IN_FLIGHT, redisStreamOptions } from './redis-stream.options.ts';

/**
 * A receiver of the entries of a Redis stream. An entry is acknowledged once durable.
 *
 * @throws `MR_CONFIG_INVALID_OPTION` with path, value and expectation.
 */
export const redisStream = defineReceiver({
  name: 'redis-stream',
  contract: 1,
  capabilities: {
    ack: 'individual',
    replayable: false,
    ordering: 'per-stream',
    pause: true,
    bounded: false,
    format: 'records',
    touches: ['network'],
    maxInFlight: MAX_IN_FLIGHT,
  },
  options: redisStreamOptions,
  secrets: ['password'],
  describe: ({ host, port, stream, group }) => `redis-stream ${host}:${port} ${stream} ${group}`,
  create: (options): Receiver<RedisStreamRecord> =>
    new AcknowledgingReceiver<RedisStreamRecord, string>((context) => openSource(options, context)),
});
