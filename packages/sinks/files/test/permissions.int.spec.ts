import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { filesSink, type FilesSinkInput } from '../src/index.ts';

const permissionsOf = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);

/** The permissions of all entries that a sink makes below `out`, whose parent exists. */
async function made(options: Partial<FilesSinkInput>): Promise<Readonly<Record<string, string>>> {
  const root = await mkdtemp(join(tmpdir(), 'millrace-sink-files-'));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  const sink = filesSink<number>({ directory: join(root, 'above', 'out'), ...options });
  await mkdir(join(root, 'above'));
  await sink.open?.();
  await sink.write([1], { application: 'a', batchTime: 1, outputOperation: 0, partition: 0, partitions: 1 });
  await sink.close?.();
  const names = await readdir(join(root, 'above'), { recursive: true });
  const entries = names.map(async (name) => [name, await permissionsOf(join(root, 'above', name))] as const);
  return Object.fromEntries(await Promise.all(entries));
}

describe.skipIf(process.platform === 'win32')('filesSink with a mode', () => {
  it.each([
    [0o640, '640', '750'],
    [0o600, '600', '700'],
    [0o644, '644', '755'],
  ])('makes files and directories with the mode (%i)', async (mode, file, directory) => {
    expect(await made({ mode })).toEqual({
      out: directory,
      'out/.millrace': directory,
      'out/.millrace/partitions': directory,
      'out/.millrace/partitions/a-1-0.ndjson': file,
      'out/a-1-0-0.ndjson': file,
    });
  });

  it('leaves the mode to the process by default', async () => {
    const found = await made({});
    expect(Number.parseInt(found['out/a-1-0-0.ndjson'] ?? '', 8) & 0o600).toBe(0o600);
  });
});
