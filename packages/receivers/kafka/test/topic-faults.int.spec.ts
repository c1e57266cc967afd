// A whole engine with `kafkaTopic` under faults: every record is in the result exactly once, although the result only grows.
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished } from 'vitest';
import { problemsThroughFaults } from '../../../../tools/servers/fault-runs.ts';
import { brokerFaults } from './broker-faults.ts';
import { ResultTable } from './result-table.ts';
import { withKafka } from './with-kafka.ts';

const PROGRAM = fileURLToPath(new URL('programs/topic-to-table.ts', import.meta.url));
const PARTITIONS = 2;
const SEEDS = Number(process.env['MILLRACE_FAULT_SEEDS'] ?? 20);

const { itWithKafka } = withKafka();

describe('kafkaTopic through kills of the engine, kills of the broker and broken connections', () => {
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    itWithKafka(
      `has every record once with seed ${seed}`,
      async (broker) => {
        const topic = await broker.topic(PARTITIONS);
        const table = new ResultTable();
        onTestFinished(() => table.remove());
        const port = broker.kafka.proxies[0]?.port;
        const args = [port, topic, PARTITIONS, table.directory].map(String);
        const problems = await problemsThroughFaults({
          seed,
          command: ['--conditions=millrace:source', PROGRAM, ...args],
          send: (ids) =>
            broker.write(
              topic,
              ids.map((id) => ({ value: JSON.stringify({ id }), partition: id % PARTITIONS })),
            ),
          faults: brokerFaults(broker, { isServerKilled: seed % 4 === 0 }),
          results: async () => table.ids(),
        });
        expect(problems).toEqual([]);
      },
      240_000,
    );
  }
});
