import { renameSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SinkWrite } from '@millrace/core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { filesSink } from '../src/index.ts';

const write = (batchTime: number): SinkWrite => ({
  application: 'a',
  batchTime,
  outputOperation: 0,
  partition: 0,
  partitions: 1,
});

async function openSink() {
  const root = await mkdtemp(join(tmpdir(), 'millrace-sink-files-'));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  const directory = join(root, 'out');
  const sink = filesSink<number>({ directory });
  await sink.open?.();
  await sink.write([1], write(1_000));
  return { sink, directory, moved: join(root, 'moved') };
}

// Other systems refuse to remove open files.
describe.skipIf(process.platform === 'win32')('filesSink after the removal of its directory', () => {
  it('acknowledges only writes in the directory with the right name', async () => {
    const { sink, directory, moved } = await openSink();
    await rename(directory, moved);
    await expect(sink.write([2], write(2_000))).rejects.toMatchObject({ code: 'MR_STORAGE_NOT_FOUND' });
    await mkdir(directory);
    await expect(sink.write([2], write(2_000))).rejects.toMatchObject({ code: 'MR_STORAGE_NOT_FOUND' });
    await rm(directory, { recursive: true });
    await rename(moved, directory);
    await sink.write([2], write(2_000));
    expect(await readFile(join(directory, 'a-2000-0-0.ndjson'), 'utf8')).toBe('2\n');
  });

  it('fails a write during the removal, and writes again after the directory is restored', async () => {
    const { sink, directory, moved } = await openSink();
    function* records() {
      yield 2;
      renameSync(directory, moved);
      yield 3;
    }
    await expect(sink.write(records(), write(2_000))).rejects.toMatchObject({ code: 'MR_STORAGE_NOT_FOUND' });
    await rename(moved, directory);
    await sink.write([2, 3], write(2_000));
    expect(await readFile(join(directory, 'a-2000-0-0.ndjson'), 'utf8')).toBe('2\n3\n');
  });
});
