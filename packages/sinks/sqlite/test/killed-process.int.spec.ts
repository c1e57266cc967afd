import { fileURLToPath } from 'node:url';
import { problemsThroughKills } from '@millrace/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { temporaryDatabase } from './temporary-database.ts';

const PROGRAM = fileURLToPath(new URL('batch-writer.ts', import.meta.url));

describe('sqliteSink in a process that is killed', () => {
  it.each([
    ['', []],
    [' with a key', ['record']],
  ])(
    'has each record exactly once after a replay%s (SINK-1, SINK-2, SINK-15)',
    async (_, key) => {
      const database = temporaryDatabase();
      onTestFinished(() => database.remove());
      const records = () => database.rows('SELECT record FROM records').map(({ record }) => String(record));
      const command = ['--conditions=millrace:source', PROGRAM, database.file, key.join()];
      expect(await problemsThroughKills({ command, records })).toEqual([]);
    },
    240_000,
  );
});
