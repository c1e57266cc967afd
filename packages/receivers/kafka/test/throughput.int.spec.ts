// A whole engine takes at most one and a half times the CPU time of the client library alone, per record.
import { describe, expect } from 'vitest';
import { cpuOf, fillTopic } from './throughput/cpu-times.ts';
import { withKafka } from './with-kafka.ts';

const RECORDS = 300_000;
const RATIO_MAX = 1.5;

const { itWithKafka } = withKafka(0);

describe('CPU time beside the client library', () => {
  for (const kind of ['partition', 'group'] as const) {
    itWithKafka(
      `is at most ${RATIO_MAX} × (${kind})`,
      async (broker) => {
        const topic = await fillTopic(broker, RECORDS);
        const { bare, engine } = await cpuOf({ broker, topic, kind, records: RECORDS, runs: 2 });
        expect(engine / bare).toBeLessThan(RATIO_MAX);
      },
      240_000,
    );
  }
});
