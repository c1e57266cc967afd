// A log on the file system of the host, used by other programs at the same time.
import { chmod, mkdir, mkdtemp, readdir, rename, rm, stat, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { NodeStorage } from '@millrace/core';
import { RecordingLogger } from '@millrace/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FileWriteAheadLog } from '../src/file-write-ahead-log.ts';
import { verify } from '../src/command/verify.ts';
import { runCommand } from './run-command.ts';
import { codeOf, openLog, payload, textsOf } from './open-log.ts';

const storage = new NodeStorage();
let directory = '';
let root = '';
let logs: FileWriteAheadLog[] = [];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'millrace-log-'));
  root = join(directory, 'data', 'wal');
});
afterEach(async () => {
  for (const log of logs.splice(0)) await log.close().catch(() => undefined);
  await rm(directory, { recursive: true, force: true });
});

async function opened(differences: Parameters<typeof openLog>[1] = {}): Promise<FileWriteAheadLog> {
  const log = await openLog(storage, { root, ...differences });
  logs.push(log);
  return log;
}

const permissionsOf = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);
const segmentNames = async () => (await readdir(join(root, 'log'))).filter((name) => name.endsWith('.wal'));

describe.skipIf(process.platform === 'win32')('a log on the file system of the host', () => {
  it('is for its owner alone, and leaves the directories above unchanged', async () => {
    const log = await opened({ options: { segmentBytes: 4_096 } });
    for (let index = 0; index < 20; index += 1) await log.write(payload(`${index}`, 1_000), index);
    await log.clean(10);
    for (let index = 20; index < 40; index += 1) await log.write(payload(`${index}`, 1_000), index);
    expect([await permissionsOf(root), await permissionsOf(join(root, 'log'))]).toEqual(['700', '700']);
    const names = await segmentNames();
    expect(names.length).toBeGreaterThan(2);
    for (const name of names) expect(await permissionsOf(join(root, 'log', name))).toBe('600');
    expect(await permissionsOf(join(directory, 'data'))).not.toBe('700');
  });

  it('uses an existing directory unchanged, and warns when the directory is open to all users', async () => {
    await mkdir(root, { recursive: true });
    await chmod(root, 0o755);
    const log = new RecordingLogger();
    await opened({ log });
    expect(await permissionsOf(root)).toBe('755');
    expect(log.lines.map(({ fields }) => fields)).toContainEqual({ directory: root, permissions: '755' });
  });

  it.each([
    ['removed', () => rm(root, { recursive: true })],
    ['renamed', () => rename(root, `${root}-before`)],
  ])('acknowledges nothing after its directory was %s', async (_, trouble) => {
    const log = await opened();
    await log.write(payload('one'), 1);
    await trouble();
    // The entry may or may not be found later, so the write waits for a segment that records the end, and no segment
    // can be made.
    const ends = ['two', 'three'].map((text) => codeOf(log.write(payload(text), 2)));
    await log.close().catch(() => undefined);
    expect(await Promise.all(ends)).toEqual(['MR_WAL_OUTCOME_UNKNOWN', expect.stringMatching(/^MR_WAL_/)]);
  });

  it('acknowledges only entries in the directory with the right name', async () => {
    const log = await opened();
    await log.write(payload('one'), 1);
    await rename(root, `${root}-before`);
    await mkdir(join(root, 'log'), { recursive: true });
    expect(await codeOf(log.write(payload('two'), 2))).toBe('MR_WAL_WRITE_FAILED');
    await log.write(payload('three'), 3);
    expect(await segmentNames()).toHaveLength(1);
  });

  it('acknowledges nothing into a segment that was removed', async () => {
    const log = await opened();
    await log.write(payload('one'), 1);
    for (const name of await segmentNames()) await rm(join(root, 'log', name));
    expect(await codeOf(log.write(payload('two'), 2))).toBe('MR_WAL_WRITE_FAILED');
    await log.write(payload('three'), 3);
    await log.close();
    expect(await textsOf(await opened({ options: { onCorrupt: 'skip' } }))).toEqual(['three']);
  });
});

describe.skipIf(process.platform === 'win32')(
  'an entry with the name of a segment that is not a file',
  () => {
    const kinds = [
      ['a link that leads nowhere', (path: string) => symlink('/nowhere/segment', path)],
      ['a link that leads to itself', (path: string) => symlink(path, path)],
      ['a link to a device', (path: string) => symlink('/dev/zero', path)],
      ['a directory', (path: string) => mkdir(path)],
    ] as const;

    /** A closed log of several segments, with one segment replaced. */
    async function replaced(which: number, make: (path: string) => Promise<unknown>): Promise<string> {
      const log = await opened({ options: { segmentBytes: 4_096 } });
      for (let index = 0; index < 12; index += 1) await log.write(payload(`${index}`, 1_000), index);
      await log.close();
      const path = join(root, 'log', (await segmentNames()).toSorted().at(which) ?? '');
      await rm(path);
      await make(path);
      return path;
    }

    it.each(kinds)(
      'is damage and not a silent loss, for the newest and the oldest segment: %s',
      async (_, make) => {
        for (const which of [0, 1, -1]) {
          await replaced(which, make);
          const strict = await opened();
          expect(await codeOf(textsOf(strict))).toBe('MR_WAL_CORRUPT_RECORD');
          // New entries come behind the damage.
          await strict.write(payload('later'), 20);
          await strict.close();
          const log = new RecordingLogger();
          const skipping = await opened({ log, options: { onCorrupt: 'skip' } });
          const texts = await textsOf(skipping);
          expect(texts.at(-1)).toBe('later');
          expect(texts.length).toBeLessThan(13);
          expect(log.lines.map(({ fields }) => fields)).toContainEqual(
            expect.objectContaining({ what: 'no file' }),
          );
          await skipping.close();
          await rm(root, { recursive: true });
        }
      },
    );

    it.each(kinds)('is reported by the command: %s', async (_, make) => {
      const path = await replaced(-1, make);
      const { exitCode, output } = await runCommand(storage, (context) =>
        verify(context, { directory: root, json: false }),
      );
      expect(exitCode).toBe(1);
      expect(output).toContain(
        `DAMAGE log/${basename(path)}: a directory, a device or a link that leads nowhere has the name of the segment`,
      );
      expect(output).toContain('1 damaged place');
    });
  },
);
