import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { problemsThroughKills } from '@millrace/testing';
import { describe, expect, it, onTestFinished } from 'vitest';

const PROGRAM = fileURLToPath(new URL('batch-writer.ts', import.meta.url));

async function linesIn(path: string): Promise<readonly string[]> {
  const names = (await readdir(path)).filter((name) => name.endsWith('.txt'));
  const texts = await Promise.all(names.map((name) => readFile(join(path, name), 'utf8')));
  return texts.flatMap((text) => text.split('\n').slice(0, -1));
}

describe('filesSink in a process that is killed', () => {
  it('has each record exactly once after a replay (SINK-1, SINK-2, SINK-15)', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'millrace-sink-files-'));
    onTestFinished(() => rm(directory, { recursive: true, force: true }));
    const out = join(directory, 'out');
    const command = ['--conditions=millrace:source', PROGRAM, out];
    expect(await problemsThroughKills({ command, records: () => linesIn(out) })).toEqual([]);
    expect(await readdir(join(out, '.millrace'))).toEqual(['partitions']);
  }, 180_000);
});
