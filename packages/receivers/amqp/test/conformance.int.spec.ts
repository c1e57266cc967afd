import { receiverConformance } from '@millrace/testing/conformance';
import { describe } from 'vitest';
import { amqpQueue, amqpQueueOptions } from '../src/index.ts';
import { PUBLISHED_OPTIONS } from './published-options.ts';
import { queueTarget } from './queue-target.ts';
import { withRabbit } from './with-rabbit.ts';

const BYTES_IN_FLIGHT = 65_536;
/** The bound, the buffers of two connections, and the same amount again. */
const HELD_BYTES_MAX = 4 * BYTES_IN_FLIGHT;
const IN_FLIGHT_MAX = 25;

const { itWithRabbit, broker } = withRabbit();
const it = (title: string, test: Parameters<Parameters<typeof receiverConformance>[0]['it']>[1]): void =>
  itWithRabbit(title, (_, context) => test(context));

receiverConformance(
  { describe, it },
  {
    name: 'amqpQueue',
    module: import.meta.url,
    capabilities: amqpQueue.capabilities,
    timeoutMs: 90_000,
    heldBytesMax: HELD_BYTES_MAX,
    inFlightMax: IN_FLIGHT_MAX,
    secrets: ['correct horse'],
    create: () =>
      queueTarget(broker(), {
        onMalformed: 'skip',
        maxBytesInFlight: BYTES_IN_FLIGHT,
        maxInFlight: IN_FLIGHT_MAX,
        username: 'ann',
        password: 'correct horse battery',
      }),
    options: { schema: amqpQueueOptions, published: PUBLISHED_OPTIONS },
  },
);
