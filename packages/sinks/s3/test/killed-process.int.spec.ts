import { fileURLToPath } from 'node:url';
import { problemsThroughKills } from '@millrace/testing';
import { describe, expect } from 'vitest';
import { withS3 } from './with-s3.ts';

const PROGRAM = fileURLToPath(new URL('batch-writer.ts', import.meta.url));

const { itWithS3 } = withS3();

describe('s3Sink in a process that is killed', () => {
  itWithS3(
    'has each record exactly once after a replay (SINK-1, SINK-2, SINK-15)',
    async (server) => {
      const bucket = await server.bucket();
      const command = ['--conditions=millrace:source', PROGRAM, JSON.stringify(bucket.place())];
      expect(await problemsThroughKills({ command, records: () => bucket.lines() })).toEqual([]);
    },
    180_000,
  );
});
