import { fileURLToPath } from 'node:url';
import { problemsThroughKills } from '@millrace/testing';
import { describe, expect } from 'vitest';
import { withPostgres } from './with-postgres.ts';

const PROGRAM = fileURLToPath(new URL('batch-writer.ts', import.meta.url));

const { itWithPostgres } = withPostgres();

describe('postgresSink in a process that is killed', () => {
  for (const [form, key] of [
    ['', ''],
    [' with a key', 'record'],
  ] as const) {
    itWithPostgres(
      `has each record exactly once after a replay${form} (SINK-1, SINK-2, SINK-15)`,
      async (server) => {
        const database = await server.database();
        await database.run('CREATE TABLE records (record text)');
        if (key !== '') await database.run(`CREATE UNIQUE INDEX ON records (${key})`);
        const records = async () =>
          (await database.run('SELECT record FROM records')).map(({ record }) => String(record));
        const command = ['--conditions=millrace:source', PROGRAM, JSON.stringify(database.place), key];
        expect(await problemsThroughKills({ command, records, kills: 10 })).toEqual([]);
      },
      240_000,
    );
  }
});
