import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LineWriter } from './line-writer.ts';

let root = '';

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'millrace-lines-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

/** Waits until a file contains this number of lines; the limit of the test bounds the wait. */
async function linesOf(file: string, count: number): Promise<string[]> {
  for (;;) {
    const text = await readFile(file, 'utf8').catch(() => '');
    const lines = text.split('\n').slice(0, -1);
    if (lines.length >= count) return lines;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe('LineWriter', () => {
  it('writes lines in order, during any pending write', async () => {
    const file = join(root, 'a', 'lines');
    const writer = new LineWriter({ file });
    writer.write('first\n');
    await linesOf(file, 1);
    for (let i = 0; i < 500; i += 1) writer.write(`line ${i}\n`);
    const lines = await linesOf(file, 501);
    expect(lines).toEqual(['first', ...Array.from({ length: 500 }, (_, i) => `line ${i}`)]);
  });

  it('reports the number of lost lines once writing works again', async () => {
    const file = join(root, 'b');
    await mkdir(file);
    const writer = new LineWriter({ file });
    writer.write('lost\n');
    writer.write('lost too\n');
    await new Promise((resolve) => setImmediate(resolve));
    await rm(file, { recursive: true });
    writer.write('written\n');
    const [note, line] = await linesOf(file, 2);
    expect(JSON.parse(note ?? '')).toEqual({ level: 'warn', msg: 'log lines lost', lines: 2 });
    expect(line).toBe('written');
  });

  it('keeps no more lines than its bound', async () => {
    const file = join(root, 'c');
    const writer = new LineWriter({ file });
    const line = `${'x'.repeat(1_023)}\n`;
    for (let i = 0; i < 20_000; i += 1) writer.write(line);
    await linesOf(file, 8_000);
    writer.write('last\n');
    const lines = await linesOf(file, 8_194);
    expect(lines.at(-1)).toBe('last');
    expect(lines.length).toBeLessThan(9_000);
  });
});
