// The command on logs that overwrite the files of removed segments: old bytes are not damage, not even while the writer
// overwrites the bytes being read.
import type { StorageFile, StorageOpenMode } from '@millrace/core';
import { MemoryStorage } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import { openLog, payload, segmentFile } from '../../test/open-log.ts';
import { bytesOf, flipByte, runCommand } from '../../test/run-command.ts';
import type { FileWriteAheadLog } from '../file-write-ahead-log.ts';
import { FRAME_BYTES, HEADER_BYTES } from '../log-format.ts';
import { SPARE_FILE } from '../segment-name.ts';
import { dump } from './dump.ts';
import { examineLog } from './examine-log.ts';
import { verify } from './verify.ts';

const ENTRY = FRAME_BYTES + 1_000;
/** Three old entries, without the zeros at the end of the last one. */
const TORN = 2 * ENTRY + FRAME_BYTES + 1;

/** A disk that runs an action before a segment is opened, or between the two halves of a read. */
class BusyStorage extends MemoryStorage {
  onOpened: (path: string) => Promise<void> = async () => {};
  inRead: (path: string) => Promise<void> = async () => {};

  override async open(path: string, mode: StorageOpenMode): Promise<StorageFile> {
    const file = await super.open(path, mode);
    if (mode !== 'read') return file;
    await this.onOpened(path);
    return {
      append: (buffers) => file.append(buffers),
      sync: () => file.sync(),
      truncate: (size) => file.truncate(size),
      size: () => file.size(),
      close: () => file.close(),
      readAt: async (offset, length) => {
        const half = Math.floor(length / 2);
        const first = await file.readAt(offset, half);
        await this.inRead(path);
        return Buffer.concat([first, await file.readAt(offset + half, length - half)]);
      },
    };
  }
}

async function fill(log: FileWriteAheadLog, names: string, timeMs: number): Promise<void> {
  for (const name of names) await log.write(payload(name, 1_000), timeMs);
}

/** A running log: segment 2 is full, and segment 3 was begun in the file of segment 1, with one entry. */
async function runningLog(storage: MemoryStorage): Promise<FileWriteAheadLog> {
  const log = await openLog(storage, { options: { segmentBytes: 4_096 } });
  await fill(log, 'abcd', 1);
  await fill(log, 'e', 2);
  await log.clean(2);
  await fill(log, 'fgh', 2);
  await fill(log, 'k', 3);
  return log;
}

function examine(storage: MemoryStorage) {
  const log = { name: 'log', directory: '/wal/log' };
  return examineLog(log, { storage, signal: new AbortController().signal });
}

describe('examineLog on reused files', () => {
  it('reports old entries behind the end as a torn tail, and ignores a spare file', async () => {
    const storage = new MemoryStorage();
    const log = await runningLog(storage);
    await log.clean(3);
    expect(storage.paths()).toEqual([segmentFile(3), `/wal/log/${SPARE_FILE}`]);
    const { segments, damage, problem } = await examine(storage);
    expect({ damage, problem }).toEqual({ damage: [], problem: undefined });
    expect(segments).toMatchObject([{ number: 3, state: 'torn', records: 1, tornBytes: TORN }]);
  });

  it('appears as an undamaged log in verify and dump', async () => {
    const storage = new MemoryStorage();
    await runningLog(storage);
    const verified = await runCommand(storage, (context) =>
      verify(context, { directory: '/wal', json: false }),
    );
    expect(verified.exitCode).toBe(0);
    expect(verified.output).toContain('torn tail of 2,085 bytes in segment-000000000003.wal');
    const options = { directory: '/wal', format: 'length', contentBytesMax: 0 } as const;
    const dumped = await runCommand(storage, (context) => dump(context, options));
    expect([dumped.exitCode, dumped.warnings, dumped.output.trim().split('\n').length]).toEqual([0, '', 5]);
  });

  it('does not report damage in bytes that the writer overwrites meanwhile', async () => {
    const storage = new BusyStorage();
    const log = await runningLog(storage);
    let reads = 0;
    storage.inRead = async (path) => {
      // The third reading of segment 3 is the first reading of its entries: the first half is old, the second half is
      // new.
      if (path === segmentFile(3)) reads += 1;
      if (path === segmentFile(3) && reads === 3) await fill(log, 'lmn', 3);
    };
    const { segments, damage } = await examine(storage);
    expect(reads).toBeGreaterThan(3);
    expect(damage).toEqual([]);
    expect(segments.at(-1)).toMatchObject({ number: 3, records: 4 });
  });

  it('still finds damage before a later group', async () => {
    const storage = new MemoryStorage();
    const log = await runningLog(storage);
    await fill(log, 'l', 3);
    const bytes = await bytesOf(storage, segmentFile(3));
    expect(bytes).toHaveLength(HEADER_BYTES + 4 * ENTRY);
    await flipByte(storage, segmentFile(3), HEADER_BYTES + FRAME_BYTES);
    const { segments, damage } = await examine(storage);
    expect(damage).toMatchObject([{ offset: HEADER_BYTES, endOffset: HEADER_BYTES + ENTRY }]);
    expect(segments.at(-1)).toMatchObject({ state: 'damaged', records: 1 });
  });

  it('omits a segment that was the last when listed, and whose file was reused by another segment', async () => {
    const storage = new BusyStorage();
    const log = await openLog(storage, { options: { segmentBytes: 4_096 } });
    await fill(log, 'ab', 1);
    let looks = 0;
    storage.onOpened = async (path) => {
      if (path === segmentFile(1)) looks += 1;
      // Reading of the header, of the seal, and then of the entries.
      if (path !== segmentFile(1) || looks !== 3) return;
      await fill(log, 'cd', 1);
      await fill(log, 'e', 2);
      await log.clean(2);
      await fill(log, 'fgh', 2);
      // Old entries stand behind this entry; old entries must not prove damage before the end.
      await fill(log, 'k', 3);
    };
    const { segments, damage } = await examine(storage);
    expect(damage).toEqual([]);
    expect(segments).toMatchObject([{ number: 1, state: 'removed', records: 0 }]);
  });

  it.each([1, 2])('omits a segment whose file was reused by another segment (reading %i)', async (look) => {
    const storage = new BusyStorage();
    const log = await openLog(storage, { options: { segmentBytes: 4_096 } });
    await fill(log, 'abcd', 1);
    await fill(log, 'e', 2);
    let looks = 0;
    storage.onOpened = async (path) => {
      if (path === segmentFile(1)) looks += 1;
      if (path !== segmentFile(1) || looks !== look) return;
      await log.clean(2);
      await fill(log, 'fgh', 2);
      await fill(log, 'klmn', 3);
    };
    const { segments, damage } = await examine(storage);
    expect(damage).toEqual([]);
    expect(segments.map(({ state }) => state)).not.toContain('damaged');
    expect(segments.find(({ number }) => number === 1)?.state ?? 'removed').toBe('removed');
  });
});
