import { receiverConformance } from '@millrace/testing/conformance';
import { describe } from 'vitest';
import { kafkaGroup, kafkaGroupOptions, kafkaPartition, kafkaPartitionOptions } from '../src/index.ts';
import { groupTarget } from './group-target.ts';
import { partitionTarget } from './partition-target.ts';
import { PUBLISHED_GROUP_OPTIONS, PUBLISHED_PARTITION_OPTIONS } from './published-options.ts';
import { withKafka } from './with-kafka.ts';

/** Answers of 32 KiB, two at once, and the buffers of two connections; and the same amount again. */
const BYTES_IN_FLIGHT = 65_536;
const HELD_BYTES_MAX = 4 * BYTES_IN_FLIGHT;
const IN_FLIGHT_MAX = 25;

const { itWithKafka, broker } = withKafka();
const it = (title: string, test: Parameters<Parameters<typeof receiverConformance>[0]['it']>[1]): void =>
  itWithKafka(title, (_, context) => test(context));

receiverConformance(
  { describe, it },
  {
    name: 'kafkaPartition',
    module: import.meta.url,
    capabilities: kafkaPartition.capabilities,
    timeoutMs: 90_000,
    heldBytesMax: HELD_BYTES_MAX,
    secrets: ['correct horse'],
    create: () => partitionTarget(broker(), { onMalformed: 'skip', maxBytesInFlight: BYTES_IN_FLIGHT }),
    options: { schema: kafkaPartitionOptions, published: PUBLISHED_PARTITION_OPTIONS },
  },
);

const GROUPS = [
  { name: 'kafkaGroup', groupProtocol: 'classic' },
  { name: "kafkaGroup with groupProtocol: 'consumer'", groupProtocol: 'consumer' },
] as const;
for (const { name, groupProtocol } of GROUPS) {
  receiverConformance(
    { describe, it },
    {
      name,
      module: import.meta.url,
      capabilities: kafkaGroup.capabilities,
      timeoutMs: 90_000,
      heldBytesMax: HELD_BYTES_MAX,
      inFlightMax: IN_FLIGHT_MAX,
      secrets: ['correct horse'],
      create: () =>
        groupTarget(broker(), {
          onMalformed: 'skip',
          maxBytesInFlight: BYTES_IN_FLIGHT,
          maxInFlight: IN_FLIGHT_MAX,
          sessionTimeoutMs: 1_000,
          groupProtocol,
        }),
      options: { schema: kafkaGroupOptions, published: PUBLISHED_GROUP_OPTIONS },
    },
  );
}
