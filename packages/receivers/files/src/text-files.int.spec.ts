// Tests on the real file system and the real clock. The tests wait for lines, bounded by the limit of the test.
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { NodeStorage, SystemClock } from '@millrace/core';
import { RecordingReceiverContext } from '@millrace/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { textFiles } from './index.ts';

/** Resolves with the lines as soon as the expected number is reached. */
class LineCounter extends RecordingReceiverContext<string> {
  readonly #expected: number;
  readonly #done = Promise.withResolvers<readonly string[]>();

  constructor(expected: number) {
    super({ clock: new SystemClock(), storage: new NodeStorage() });
    this.#expected = expected;
  }

  get allLines(): Promise<readonly string[]> {
    return this.#done.promise;
  }

  override storeText(bytes: Uint8Array, lineCount: number): boolean {
    const isWelcome = super.storeText(bytes, lineCount);
    if (this.lines.length >= this.#expected) this.#done.resolve(this.lines);
    return isWelcome;
  }
}

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'millrace-files-'));
});

afterEach(async () => {
  await rm(directory, { recursive: true, force: true });
});

/** Writes a file beside the watched directory and moves the complete file in. */
async function moveIn(name: string, content: string): Promise<void> {
  const draft = join(directory, name);
  await writeFile(draft, content);
  // A disk's clock is coarse: without this wait the file could seem older than the receiver.
  const soon = (new SystemClock().now() + 20) / 1_000;
  await utimes(draft, soon, soon);
  await rename(draft, join(directory, 'spool', name));
}

describe('textFiles on a real disk', () => {
  it('stores every line of files that are moved in', async () => {
    await mkdir(join(directory, 'spool'));
    const expected = Array.from({ length: 50_000 }, (_, index) => `line ${index}`);
    const context = new LineCounter(expected.length);
    const receiver = textFiles({ directory: join(directory, 'spool'), pollIntervalMs: 5 }).create();
    await context.start(receiver);
    await moveIn('a.txt', `${expected.slice(0, 30_000).join('\n')}\n`);
    await moveIn('b.txt', expected.slice(30_000).join('\n'));
    const lines = await context.allLines;
    expect([...lines].sort()).toEqual(expected.sort());
    await context.end(receiver);
    expect(context.errors).toEqual([]);
  });

  it.runIf(process.platform === 'linux')(
    'reads the readable files and reports every other entry once',
    async () => {
      const spool = join(directory, 'spool');
      await mkdir(spool);
      await symlink('loop.txt', join(spool, 'loop.txt'));
      await symlink('nowhere', join(spool, 'dangling.txt'));
      await symlink('loop', join(spool, 'not-wanted'));
      await promisify(execFile)('mkfifo', [join(spool, 'fifo.txt')]);
      await writeFile(Buffer.from([...Buffer.from(`${spool}/caf`), 0xe9, ...Buffer.from('.txt')]), 'x\n');
      await mkdir(join(spool, 'directory.txt'));
      const context = new LineCounter(2);
      const options = { directory: spool, pollIntervalMs: 5, suffixes: ['.txt'] };
      const receiver = textFiles(options).create();
      await context.start(receiver);
      await moveIn('a.txt', 'one\ntwo\n');
      expect(await context.allLines).toEqual(['one', 'two']);
      await context.end(receiver);
      const told = context.errors.map(({ message }) => /^expected (\S+)/.exec(message)?.[1]);
      expect(told.toSorted()).toEqual(['caf\ufffd.txt', 'dangling.txt', 'fifo.txt', 'loop.txt']);
    },
  );
});
