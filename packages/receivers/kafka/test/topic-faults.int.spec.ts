// A whole engine with `kafkaTopic` under faults: every record is in the result exactly once, although the result only grows.
import { fileURLToPath } from 'node:url';
import { describe, expect } from 'vitest';
import { serverFaults } from '../../../../tools/servers/server-faults.ts';
import { ResultTable } from '../../../../tools/servers/result-table.ts';
import { FAULT_RUN_MS, problemsThroughFaults } from '../../../../tools/servers/fault-runs.ts';
import { withKafka } from './with-kafka.ts';

const PROGRAM = fileURLToPath(new URL('programs/topic-to-table.ts', import.meta.url));
const PARTITIONS = 2;
const SEEDS = Number(process.env['MILLRACE_FAULT_SEEDS'] ?? 8);

/** Runs wait most of the time, so some run at once, each with a proxy of its own. */
const SIDE_BY_SIDE = 4;
const killsBroker = (seed: number): boolean => seed % 4 === 0;
const seeds = Array.from({ length: SEEDS }, (_, index) => index + 1);

const { itWithKafka } = withKafka(SIDE_BY_SIDE);

function itHasEveryRecordOnce(seed: number): void {
  itWithKafka(
    `has every record once with seed ${seed}`,
    (broker, { onTestFinished }) =>
      broker.proxies.lend(async (proxy) => {
        const topic = await broker.topic(PARTITIONS);
        const table = new ResultTable();
        onTestFinished(() => table.remove());
        const args = [proxy.port, topic, PARTITIONS, table.directory].map(String);
        const problems = await problemsThroughFaults({
          seed,
          command: ['--conditions=millrace:source', PROGRAM, ...args],
          send: (ids) =>
            broker.write(
              topic,
              ids.map((id) => ({ value: JSON.stringify({ id }), partition: id % PARTITIONS })),
            ),
          faults: serverFaults({ proxy, server: broker.kafka, isServerKilled: killsBroker(seed) }),
          results: async () => table.ids(),
        });
        expect(problems).toEqual([]);
      }),
    FAULT_RUN_MS,
  );
}

describe('kafkaTopic through kills of the engine', () => {
  describe.concurrent('and broken connections', () => {
    for (const seed of seeds.filter((one) => !killsBroker(one))) itHasEveryRecordOnce(seed);
  });

  // One after the other: a killed broker is away for every run. Few seeds have none.
  for (const seed of seeds.filter(killsBroker)) itHasEveryRecordOnce(seed);
});
