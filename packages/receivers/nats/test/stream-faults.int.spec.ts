// A whole engine with `jetstreamStream` under faults: every record is in the result once, although the table has no key.
import { fileURLToPath } from 'node:url';
import { describe, expect } from 'vitest';
import { serverFaults } from '../../../../tools/servers/server-faults.ts';
import { ResultTable } from '../../../../tools/servers/result-table.ts';
import { FAULT_RUN_MS, problemsThroughFaults } from '../../../../tools/servers/fault-runs.ts';
import { withNats } from './with-nats.ts';

const PROGRAM = fileURLToPath(new URL('programs/stream-to-table.ts', import.meta.url));
const SEEDS = Number(process.env['MILLRACE_FAULT_SEEDS'] ?? 8);

/** Runs wait most of the time, so some run at once, each with a server of its own. */
const SIDE_BY_SIDE = 4;

const { itWithNats } = withNats(SIDE_BY_SIDE);

describe.concurrent('jetstreamStream through kills of engine and server, and broken connections', () => {
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    itWithNats(
      `has every record once with seed ${seed}`,
      async (server, { onTestFinished }) => {
        const stream = await server.stream();
        const table = new ResultTable();
        onTestFinished(() => table.remove());
        const args = [String(server.proxy.port), stream, table.directory];
        const problems = await problemsThroughFaults({
          seed,
          command: ['--conditions=millrace:source', PROGRAM, ...args],
          send: (ids) =>
            server.write(
              `${stream}.a`,
              ids.map((id) => JSON.stringify({ id })),
            ),
          faults: serverFaults(server),
          results: async () => table.ids(),
        });
        expect(problems).toEqual([]);
      },
      FAULT_RUN_MS,
    );
  }
});
