import { receiverConformance } from '@millrace/testing/conformance';
import { describe } from 'vitest';
import {
  redisMessages,
  redisMessagesOptions,
  redisStream,
  redisStreamOptions,
  redisStreamRange,
  redisStreamRangeOptions,
} from '../src/index.ts';
import { groupTarget, messagesTarget, rangeTarget, SECRET } from './kit-targets.ts';
import {
  PUBLISHED_GROUP_OPTIONS,
  PUBLISHED_MESSAGES_OPTIONS,
  PUBLISHED_RANGE_OPTIONS,
} from './published-options.ts';
import { withRedis } from './with-redis.ts';

const BYTES_IN_FLIGHT = 65_536;
/** An answer in the receiver, one in the buffers of the connection, and the same amount again. */
const HELD_BYTES_MAX = 4 * BYTES_IN_FLIGHT;
const IN_FLIGHT_MAX = 25;
const QUEUED_MAX = 20;

const { itWithRedis, redis } = withRedis();
const it = (title: string, test: Parameters<Parameters<typeof receiverConformance>[0]['it']>[1]): void =>
  itWithRedis(title, (_, context) => test(context));

const common = { module: import.meta.url, timeoutMs: 90_000, secrets: [SECRET] };

receiverConformance(
  { describe, it },
  {
    ...common,
    name: 'redisStream',
    capabilities: redisStream.capabilities,
    heldBytesMax: HELD_BYTES_MAX,
    inFlightMax: IN_FLIGHT_MAX,
    create: () =>
      groupTarget(redis(), {
        onMalformed: 'skip',
        maxBytesInFlight: BYTES_IN_FLIGHT,
        maxInFlight: IN_FLIGHT_MAX,
      }),
    options: { schema: redisStreamOptions, published: PUBLISHED_GROUP_OPTIONS },
  },
);

receiverConformance(
  { describe, it },
  {
    ...common,
    name: 'redisStreamRange',
    capabilities: redisStreamRange.capabilities,
    heldBytesMax: HELD_BYTES_MAX,
    create: () => rangeTarget(redis(), { onMalformed: 'skip', maxBytesInFlight: BYTES_IN_FLIGHT }),
    options: { schema: redisStreamRangeOptions, published: PUBLISHED_RANGE_OPTIONS },
  },
);

receiverConformance(
  { describe, it },
  {
    ...common,
    name: 'redisMessages',
    capabilities: redisMessages.capabilities,
    keptMax: QUEUED_MAX,
    create: () => messagesTarget(redis(), { onMalformed: 'skip', maxQueued: QUEUED_MAX }),
    options: { schema: redisMessagesOptions, published: PUBLISHED_MESSAGES_OPTIONS },
  },
);
