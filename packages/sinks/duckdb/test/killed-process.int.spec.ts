import { fileURLToPath } from 'node:url';
import { problemsThroughKills } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import { testDatabase } from './opened-sinks.ts';

const PROGRAM = fileURLToPath(new URL('batch-writer.ts', import.meta.url));

describe('duckdbSink in a process that is killed', () => {
  it.each([
    ['without a key', ''],
    ['with a key', 'record'],
  ])(
    'has each record exactly once after a replay, %s (SINK-1, SINK-2, SINK-15)',
    async (_, key) => {
      const database = testDatabase();
      const records = async () =>
        (await database.run('SELECT record FROM records')).map(({ record }) => String(record));
      const command = ['--conditions=millrace:source', PROGRAM, database.file, key];
      expect(await problemsThroughKills({ command, records, kills: 10 })).toEqual([]);
    },
    240_000,
  );
});
