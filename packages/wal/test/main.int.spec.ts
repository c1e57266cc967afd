// The command as users run it: a process of its own, on a directory written to the disk by `FileWriteAheadLog`.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NodeStorage, NoopLogger, SystemClock, SystemRandom } from '@millrace/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FileWriteAheadLog } from '../src/file-write-ahead-log.ts';

const MAIN = join(import.meta.dirname, '../src/main.ts');
const ENTRIES = 20_000;

/** Starts the command. */
function start(...argv: readonly string[]) {
  const child = spawn(process.execPath, ['--conditions=millrace:source', MAIN, ...argv], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const streams = { output: '', errors: '' };
  child.stdout.on('data', (chunk: Buffer) => (streams.output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (streams.errors += chunk.toString()));
  return { child, streams };
}

/** Runs the command to its end. */
async function run(...argv: readonly string[]) {
  const { child, streams } = start(...argv);
  const [exitCode] = await once(child, 'close');
  return { exitCode: exitCode as number | null, ...streams };
}

function filesIn(directory: string): readonly string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' }).toSorted();
}

describe('millrace-wal', () => {
  const root = mkdtempSync(join(tmpdir(), 'millrace-wal-'));
  const segment = join(root, 'entries', 'segment-000000000001.wal');
  let log: FileWriteAheadLog;

  beforeAll(async () => {
    log = await FileWriteAheadLog.open({
      storage: new NodeStorage(),
      clock: new SystemClock(),
      random: new SystemRandom(),
      log: new NoopLogger(),
      root,
      name: 'entries',
      options: { preallocateBytes: 0 },
    });
    const payload = Buffer.from('an entry');
    await Promise.all(Array.from({ length: ENTRIES }, (_, index) => log.write(payload, index)));
  });

  afterAll(async () => {
    await log.close();
    rmSync(root, { recursive: true });
  });

  it('reads a log that another process holds, and changes nothing', async () => {
    const before = { files: filesIn(root), bytes: readFileSync(segment) };
    const inspected = await run('inspect', root, '--json');
    expect(inspected.exitCode).toBe(0);
    expect(JSON.parse(inspected.output)).toMatchObject({
      logs: [
        { name: 'entries', segments: [{ number: 1, state: 'open', records: ENTRIES, newestMs: 19_999 }] },
      ],
    });
    const verified = await run('verify', root);
    expect(verified).toMatchObject({ exitCode: 0, errors: '' });
    expect(verified.output).toMatch(/^ok entries: 1 segment, 20,000 records\n[^]*[1-9][\d,]* records\/s/);
    expect({ files: filesIn(root), bytes: readFileSync(segment) }).toEqual(before);
  });

  it('reports damage, torn tails and mistakes by its exit code', async () => {
    const copy = mkdtempSync(join(tmpdir(), 'millrace-wal-copy-'));
    cpSync(join(root, 'entries'), join(copy, 'entries'), { recursive: true });
    const copied = join(copy, 'entries', 'segment-000000000001.wal');
    const bytes = readFileSync(copied);
    truncateSync(copied, bytes.length - 1);
    const torn = await run('verify', copy);
    expect(torn.exitCode).toBe(0);
    expect(torn.output).toContain('torn tail of 35 bytes');
    // The last entry of the first group: the later groups prove that this entry was acknowledged.
    bytes.writeUInt8(bytes.readUInt8(100) ^ 1, 100);
    writeFileSync(copied, bytes);
    await log.write(Buffer.from('later'), ENTRIES);
    writeFileSync(copied, Buffer.concat([bytes, readFileSync(segment).subarray(bytes.length)]));
    const damaged = await run('verify', copy);
    expect(damaged.exitCode).toBe(1);
    expect(damaged.output).toContain(
      'DAMAGE entries/segment-000000000001.wal: entries are damaged, bytes 100 to 136',
    );
    rmSync(copy, { recursive: true });
    const missing = await run('verify', copy);
    expect(missing.exitCode).toBe(2);
    expect(missing.errors).toMatch(/^MR_STORAGE_NOT_FOUND: /);
    expect((await run('verify')).exitCode).toBe(2);
    expect((await run('--help')).exitCode).toBe(0);
  });

  it('ends without an error when the reader is gone', async () => {
    const { child, streams } = start('dump', root);
    await once(child.stdout, 'data');
    child.stdout.destroy();
    expect(await once(child, 'close')).toEqual([0, null]);
    expect(streams.errors).toBe('');
    expect(streams.output.split('\n').length).toBeLessThan(ENTRIES);
    const [first] = streams.output.split('\n');
    expect(JSON.parse(first ?? '')).toMatchObject({
      offset: 64,
      payload: { kind: 'text', text: 'an entry' },
    });
  });

  it('stops between two lines on Ctrl-C', { skip: process.platform === 'win32' }, async () => {
    const { child, streams } = start('dump', root);
    await once(child.stdout, 'data');
    child.stdout.pause();
    child.kill('SIGINT');
    child.stdout.resume();
    expect(await once(child, 'close')).toEqual([130, null]);
    expect(streams.errors).toMatch(/^interrupted/);
    expect(streams.output.endsWith('}\n')).toBe(true);
    expect(streams.output.split('\n').length).toBeLessThan(ENTRIES);
  });
});
