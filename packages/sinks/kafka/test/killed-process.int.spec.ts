import { fileURLToPath } from 'node:url';
import { problemsThroughKills } from '@millrace/testing';
import { describe, expect } from 'vitest';
import { valuesOf } from './opened-sinks.ts';
import { withKafka } from './with-kafka.ts';

const PROGRAM = fileURLToPath(new URL('programs/batch-writer.ts', import.meta.url));

const { itWithKafka } = withKafka();

describe('kafkaSink in a process that is killed', () => {
  itWithKafka(
    'has each record exactly once after a replay (SINK-1, SINK-2, SINK-15)',
    async (broker) => {
      const topic = await broker.topic(3);
      // Every partition needs several requests.
      const place = {
        host: '127.0.0.1',
        port: broker.port,
        topic,
        ledgerTopic: `${topic}-ledger`,
        requestBytes: 2_048,
      };
      const records = async () =>
        (await valuesOf(broker, topic)).map((value) => String(JSON.parse(String(value))));
      const command = ['--conditions=millrace:source', PROGRAM, JSON.stringify(place)];
      expect(await problemsThroughKills({ command, records, kills: 5 })).toEqual([]);
    },
    120_000,
  );
});
