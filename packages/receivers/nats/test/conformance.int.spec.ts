import { receiverConformance } from '@millrace/testing/conformance';
import { describe } from 'vitest';
import {
  jetstreamRecords,
  jetstreamRecordsOptions,
  jetstreamStream,
  jetstreamStreamOptions,
  natsSubject,
  natsSubjectOptions,
} from '../src/index.ts';
import { recordsTarget, streamTarget, subjectTarget } from './nats-targets.ts';
import {
  PUBLISHED_RECORDS_OPTIONS,
  PUBLISHED_STREAM_OPTIONS,
  PUBLISHED_SUBJECT_OPTIONS,
} from './published-options.ts';
import { withNats } from './with-nats.ts';

const BYTES_IN_FLIGHT = 65_536;
/** The bound, facts of the stream and answers of the server. */
const HELD_BYTES_MAX = 2 * BYTES_IN_FLIGHT;
const IN_FLIGHT_MAX = 25;
const QUEUED_MAX = 20;

const { itWithNats, server } = withNats();
const it = (title: string, test: Parameters<Parameters<typeof receiverConformance>[0]['it']>[1]): void =>
  itWithNats(title, (_, context) => test(context));

const shared = {
  module: import.meta.url,
  timeoutMs: 90_000,
  secrets: ['correct horse'],
};

receiverConformance(
  { describe, it },
  {
    ...shared,
    name: 'jetstreamRecords',
    capabilities: jetstreamRecords.capabilities,
    heldBytesMax: HELD_BYTES_MAX,
    inFlightMax: IN_FLIGHT_MAX,
    create: () =>
      recordsTarget(server(), {
        onMalformed: 'skip',
        maxBytesInFlight: BYTES_IN_FLIGHT,
        maxInFlight: IN_FLIGHT_MAX,
        ackWaitMs: 1_000,
      }),
    options: { schema: jetstreamRecordsOptions, published: PUBLISHED_RECORDS_OPTIONS },
  },
);

receiverConformance(
  { describe, it },
  {
    ...shared,
    name: 'jetstreamStream',
    capabilities: jetstreamStream.capabilities,
    heldBytesMax: HELD_BYTES_MAX,
    create: () => streamTarget(server(), { onMalformed: 'skip', maxBytesInFlight: BYTES_IN_FLIGHT }),
    options: { schema: jetstreamStreamOptions, published: PUBLISHED_STREAM_OPTIONS },
  },
);

receiverConformance(
  { describe, it },
  {
    ...shared,
    name: 'natsSubject',
    capabilities: natsSubject.capabilities,
    keptMax: QUEUED_MAX + 1,
    create: () => subjectTarget(server(), { onMalformed: 'skip', maxQueued: QUEUED_MAX }),
    options: { schema: natsSubjectOptions, published: PUBLISHED_SUBJECT_OPTIONS },
  },
);
