// A DuckDB file belongs to one thread of one process: a second process and a second thread are refused with clear words.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { describe, expect, it, onTestFinished } from 'vitest';
import { loadDuckdb } from '../src/database/duckdb-module.ts';
import { duckdbSink } from '../src/index.ts';
import { testDatabase, write } from './opened-sinks.ts';

const PROGRAM = fileURLToPath(new URL('programs/holder.ts', import.meta.url));
const THREAD = new URL('programs/thread.ts', import.meta.url);

describe('the database of duckdbSink', () => {
  it('is waited for while another process has the file open, naming the process', async () => {
    const database = testDatabase();
    const holder = spawn(process.execPath, ['--conditions=millrace:source', PROGRAM, database.file], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    onTestFinished(() => void holder.kill('SIGKILL'));
    const exited = once(holder, 'exit');
    await once(createInterface({ input: holder.stdout }), 'line');
    const sink = duckdbSink<{ a: string }>({ file: database.file, table: 't', columns: ['a'] });
    await expect(sink.open?.()).rejects.toMatchObject({
      code: 'MR_SINK_DUCKDB_LOCKED',
      disposition: 'back-off',
      message: expect.stringContaining(String(holder.pid)),
    });
    holder.kill('SIGKILL');
    await exited;
    await sink.open?.();
    await sink.write([{ a: '2' }], write(2_000));
    await sink.close?.();
    expect(await database.run('SELECT * FROM t')).toEqual([{ a: 'of the holder' }, { a: '2' }]);
  });

  it('is refused to a second thread, which would destroy the file', async () => {
    const database = testDatabase();
    const worker = new Worker(THREAD, {
      argv: [database.file],
      execArgv: ['--conditions=millrace:source'],
    });
    const [message] = (await once(worker, 'message')) as [unknown];
    expect(message).toMatchObject({
      code: 'MR_SINK_DUCKDB_THREAD',
      message: expect.stringContaining('use the master local'),
    });
    await worker.terminate();
  });

  it('needs a build of DuckDB for the platform', async () => {
    const load = async () => {
      throw new Error('Cannot find module');
    };
    await expect(loadDuckdb({ load, isMainThread: true })).rejects.toMatchObject({
      code: 'MR_SINK_DUCKDB_UNAVAILABLE',
      message: expect.stringContaining(`could not load DuckDB on ${process.platform}`),
    });
  });
});
