// A partition of many records: the sink holds the records of two requests.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect } from 'vitest';
import { withKafka } from './with-kafka.ts';

const PROGRAM = fileURLToPath(new URL('programs/large-partition.ts', import.meta.url));
/** About 50 MB in the topic. */
const RECORDS = 500_000;
const MIB = 1_048_576;

const { itWithKafka } = withKafka();

describe('the memory of kafkaSink', () => {
  itWithKafka(
    'does not grow with a partition',
    async (broker) => {
      const topic = await broker.topic();
      const options = { host: '127.0.0.1', port: broker.port, topic, ledgerTopic: `${topic}-ledger` };
      const flags = ['--expose-gc', '--conditions=millrace:source'];
      const args = [...flags, PROGRAM, JSON.stringify(options), String(RECORDS)];
      const { stdout } = await promisify(execFile)(process.execPath, args);
      const { heapUsed } = JSON.parse(stdout) as { readonly heapUsed: number };
      expect(heapUsed).toBeLessThan(64 * MIB);
      await broker.settled(topic);
      expect(await broker.end(topic)).toBe(RECORDS + 1);
    },
    120_000,
  );
});
