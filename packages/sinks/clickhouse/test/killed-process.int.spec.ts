import { fileURLToPath } from 'node:url';
import { problemsThroughKills } from '@millrace/testing';
import { describe, expect } from 'vitest';
import { withClickhouse } from './with-clickhouse.ts';

const PROGRAM = fileURLToPath(new URL('batch-writer.ts', import.meta.url));

const { itWithClickhouse } = withClickhouse();

describe('clickhouseSink in a process that is killed', () => {
  itWithClickhouse(
    'has each record exactly once after a replay (SINK-1, SINK-2, SINK-15)',
    async (server) => {
      const database = await server.database();
      const records = async () =>
        (await database.run('SELECT record FROM {db}.records')).map(({ record }) => String(record));
      const command = ['--conditions=millrace:source', PROGRAM, JSON.stringify(database.place)];
      expect(await problemsThroughKills({ command, records })).toEqual([]);
    },
    240_000,
  );
});
