import { fileURLToPath } from 'node:url';
import { problemsThroughKills } from '@millrace/testing';
import { describe, expect } from 'vitest';
import { withTarget } from './with-target.ts';

const PROGRAM = fileURLToPath(new URL('batch-writer.ts', import.meta.url));

const { itWithNats } = withTarget();

describe('natsSink in a process that is killed', () => {
  itWithNats(
    'has each record exactly once after a replay (SINK-1, SINK-2, SINK-15)',
    async (target) => {
      const stream = await target.stream();
      // Every partition needs several atomic batches.
      const place = {
        host: '127.0.0.1',
        port: target.server.port,
        stream,
        subject: `${stream}.a`,
        batchRecords: 50,
      };
      const records = async () => (await target.messages(stream)).map(({ text }) => String(JSON.parse(text)));
      const command = ['--conditions=millrace:source', PROGRAM, JSON.stringify(place)];
      expect(await problemsThroughKills({ command, records, kills: 6 })).toEqual([]);
    },
    240_000,
  );
});
