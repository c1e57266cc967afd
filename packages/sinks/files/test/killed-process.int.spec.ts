import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { problemsThroughKills } from '@millrace/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { arrowRows, parquetRows } from './read-tables.ts';

const PROGRAM = fileURLToPath(new URL('batch-writer.ts', import.meta.url));

const READERS: Readonly<Record<string, (bytes: Buffer) => Promise<readonly unknown[]>>> = {
  text: async (bytes) =>
    bytes
      .toString()
      .split('\n')
      .slice(0, -1)
      .map((record) => ({ record })),
  parquet: parquetRows,
  arrow: arrowRows,
};
const SUFFIXES: Readonly<Record<string, string>> = { text: '.txt', parquet: '.parquet', arrow: '.arrow' };

describe('filesSink in a process that is killed', () => {
  it.each(Object.keys(READERS))(
    'has each record exactly once after a replay, with format %s (SINK-1, SINK-2, SINK-15)',
    async (format) => {
      const directory = await mkdtemp(join(tmpdir(), 'millrace-sink-files-'));
      onTestFinished(() => rm(directory, { recursive: true, force: true }));
      const out = join(directory, 'out');
      const command = ['--conditions=millrace:source', PROGRAM, out, format];
      const records = async (): Promise<readonly string[]> => {
        const all: string[] = [];
        for (const name of await readdir(out)) {
          if (!name.endsWith(SUFFIXES[format] ?? '')) continue;
          const rows = await READERS[format]?.(await readFile(join(out, name)));
          for (const row of rows ?? []) all.push(String((row as { readonly record: unknown }).record));
        }
        return all;
      };
      expect(await problemsThroughKills({ command, records })).toEqual([]);
      expect(await readdir(join(out, '.millrace'))).toEqual(['partitions']);
    },
    180_000,
  );
});
