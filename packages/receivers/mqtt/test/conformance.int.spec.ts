import { receiverConformance } from '@millrace/testing/conformance';
import { describe } from 'vitest';
import { mqttAtMostOnce, mqttAtMostOnceOptions, mqttTopics, mqttTopicsOptions } from '../src/index.ts';
import { PUBLISHED_AT_MOST_ONCE_OPTIONS, PUBLISHED_TOPICS_OPTIONS } from './published-options.ts';
import { atMostOnceTarget, topicsTarget } from './topics-target.ts';
import { withMosquitto } from './with-mosquitto.ts';

const BYTES_IN_FLIGHT = 65_536;
/** The bound, the buffers of two connections, and the same amount again. */
const HELD_BYTES_MAX = 4 * BYTES_IN_FLIGHT;
const IN_FLIGHT_MAX = 25;

const { itWithMosquitto, broker } = withMosquitto();
const it = (title: string, test: Parameters<Parameters<typeof receiverConformance>[0]['it']>[1]): void =>
  itWithMosquitto(title, (_, context) => test(context));

for (const protocolVersion of ['5', '3.1.1'] as const) {
  receiverConformance(
    { describe, it },
    {
      name: protocolVersion === '5' ? 'mqttTopics' : 'mqttTopics with protocol 3.1.1',
      module: import.meta.url,
      capabilities: mqttTopics.capabilities,
      timeoutMs: 90_000,
      heldBytesMax: HELD_BYTES_MAX,
      inFlightMax: IN_FLIGHT_MAX,
      secrets: ['correct horse'],
      create: () =>
        topicsTarget(broker(), {
          protocolVersion,
          onMalformed: 'skip',
          maxBytesInFlight: BYTES_IN_FLIGHT,
          maxInFlight: IN_FLIGHT_MAX,
          username: 'ann',
          password: 'correct horse battery',
        }),
      options: { schema: mqttTopicsOptions, published: PUBLISHED_TOPICS_OPTIONS },
    },
  );
}

receiverConformance(
  { describe, it },
  {
    name: 'mqttAtMostOnce',
    module: import.meta.url,
    capabilities: mqttAtMostOnce.capabilities,
    timeoutMs: 90_000,
    keptMax: Math.floor(BYTES_IN_FLIGHT / 2_000),
    secrets: ['correct horse'],
    create: () =>
      atMostOnceTarget(broker(), {
        onMalformed: 'skip',
        maxBytesHeld: BYTES_IN_FLIGHT,
        username: 'ann',
        password: 'correct horse battery',
      }),
    options: { schema: mqttAtMostOnceOptions, published: PUBLISHED_AT_MOST_ONCE_OPTIONS },
  },
);
