import { fileURLToPath } from 'node:url';
import { problemsThroughKills } from '@millrace/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { TestServer } from './test-server.ts';

const PROGRAM = fileURLToPath(new URL('batch-writer.ts', import.meta.url));

describe('httpSink in a process that is killed', () => {
  it('leaves each record once at a server that keeps the keys (SINK-1, SINK-2, SINK-15)', async () => {
    const server = await TestServer.start();
    onTestFinished(() => server.close());
    const command = ['--conditions=millrace:source', PROGRAM, server.url];
    const records = () => server.records().map(String);
    expect(await problemsThroughKills({ command, records })).toEqual([]);
  }, 180_000);
});
