// A whole engine with `postgresRows` under faults: every row is in the result, once.
import { fileURLToPath } from 'node:url';
import { describe, expect } from 'vitest';
import { serverFaults } from '../../../../tools/servers/server-faults.ts';
import { FAULT_RUN_MS, problemsThroughFaults } from '../../../../tools/servers/fault-runs.ts';
import { RECORDS_TABLE } from './rows-target.ts';
import { problemsOf, SEED_GROUPS } from './seeded-runs.ts';
import { withPostgres } from './with-postgres.ts';

const PROGRAM = fileURLToPath(new URL('programs/rows-to-table.ts', import.meta.url));

const { itWithPostgres } = withPostgres();

describe('postgresRows through kills of the engine, kills of the server and broken connections', () => {
  for (const seeds of SEED_GROUPS) {
    itWithPostgres(
      `has every row once with seeds ${seeds.join(', ')}`,
      async (server) => {
        const problems = await problemsOf(seeds, server, {
          prepare: async (database) => void (await database.run(RECORDS_TABLE)),
          run: ({ seed, database, proxy, table, sender }) =>
            problemsThroughFaults({
              seed,
              command: [
                '--conditions=millrace:source',
                PROGRAM,
                String(proxy.port),
                database.schema,
                table.directory,
              ],
              send: (ids) => sender.send(ids),
              faults: serverFaults({ proxy, server: server.server }),
              results: async () => table.ids(),
            }),
        });
        expect(problems).toEqual([]);
      },
      FAULT_RUN_MS,
    );
  }
});
