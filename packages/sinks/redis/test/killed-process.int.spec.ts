import { fileURLToPath } from 'node:url';
import { problemsThroughKills } from '@millrace/testing';
import { describe, expect } from 'vitest';
import { withDatabase } from './with-database.ts';

const PROGRAM = fileURLToPath(new URL('batch-writer.ts', import.meta.url));

const { itWithDatabase } = withDatabase();

describe('redisSink in a process that is killed', () => {
  itWithDatabase(
    'has each record exactly once after a replay (SINK-1, SINK-2, SINK-15)',
    async (database) => {
      const prefix = database.prefix();
      const records = async () =>
        (await database.values(`${prefix}records`)).map((value) => String(JSON.parse(value)));
      const command = ['--conditions=millrace:source', PROGRAM, String(database.server.port), prefix];
      expect(await problemsThroughKills({ command, records, kills: 10 })).toEqual([]);
    },
    240_000,
  );
});
