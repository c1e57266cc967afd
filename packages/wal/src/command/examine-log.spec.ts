import { crc32 } from 'node:zlib';
import type { StorageFile, StorageOpenMode } from '@millrace/core';
import { coreError } from '@millrace/core';
import { MemoryStorage } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import { openLog, payload, segmentFile } from '../../test/open-log.ts';
import { bytesOf, contentBelow, cutTail, flipByte } from '../../test/run-command.ts';
import { encodeHeader, FRAME_BYTES, HEADER_BYTES } from '../log-format.ts';
import { examineLog } from './examine-log.ts';

const LOG = { name: 'wal/log', directory: '/wal/log' };
const EACH = { options: { closeFileAfterWrite: true } };
const ENTRY = FRAME_BYTES + 1;

/** Writes one entry of one byte per time. */
async function writeLog(
  storage: MemoryStorage,
  times: readonly number[],
  differences: Parameters<typeof openLog>[1] = {},
) {
  const log = await openLog(storage, differences);
  for (const timeMs of times) await log.write(payload('x'), timeMs);
  return log;
}

function examine(storage: MemoryStorage, signal = new AbortController().signal) {
  return examineLog(LOG, { storage, signal });
}

/** A disk that runs an action just after a segment was opened for the n-th time. */
class BusyStorage extends MemoryStorage {
  onOpen: (path: string) => Promise<void> | void = () => {};

  override async open(path: string, mode: StorageOpenMode): Promise<StorageFile> {
    const file = await super.open(path, mode);
    if (mode === 'read') await this.onOpen(path);
    return file;
  }
}

describe('examineLog', () => {
  it('counts the entries of every segment, with their times', async () => {
    const storage = new MemoryStorage();
    await (await writeLog(storage, [5, 3], EACH)).close();
    const { segments, damage, problem, layout, isSynced } = await examine(storage);
    expect({ damage, problem, layout, isSynced }).toEqual({
      damage: [],
      problem: undefined,
      layout: 'sequence',
      isSynced: true,
    });
    expect(segments).toMatchObject([
      { number: 1, formatVersion: 1, createdMs: 1_000, records: 1, oldestMs: 5, newestMs: 5 },
      { number: 2, formatVersion: 1, createdMs: 1_000, records: 1, oldestMs: 3, newestMs: 3 },
    ]);
  });

  it('reports the end of each segment', async () => {
    const storage = new MemoryStorage();
    await (await writeLog(storage, [1, 2])).close();
    expect((await examine(storage)).segments).toMatchObject([{ state: 'sealed', records: 2, tornBytes: 0 }]);
    await writeLog(storage, [3]);
    expect((await examine(storage)).segments).toMatchObject([
      { state: 'continued', records: 2 },
      { state: 'open', records: 1, oldestMs: 3 },
    ]);
  });

  it('changes nothing and needs no lock', async () => {
    const storage = new MemoryStorage();
    const log = await writeLog(storage, [1, 2]);
    const before = await contentBelow(storage, '/wal');
    expect((await examine(storage)).segments).toMatchObject([{ records: 2 }]);
    expect(await contentBelow(storage, '/wal')).toEqual(before);
    await log.write(payload('still its own'), 3);
  });

  it('reports a torn tail as torn, not as damaged', async () => {
    const storage = new MemoryStorage();
    await writeLog(storage, [1, 2]);
    await cutTail(storage, segmentFile(1), 3);
    const { segments, damage } = await examine(storage);
    expect(segments).toMatchObject([{ state: 'torn', records: 1, newestMs: 1, tornBytes: 13 }]);
    expect(damage).toEqual([]);
  });

  it('finds damage in the middle, by segment and offset (WAL-2)', async () => {
    const storage = new MemoryStorage();
    await writeLog(storage, [1, 2, 3]);
    const offset = HEADER_BYTES + ENTRY;
    await flipByte(storage, segmentFile(1), offset + FRAME_BYTES);
    const { segments, damage } = await examine(storage);
    expect(segments).toMatchObject([{ state: 'damaged', records: 2 }]);
    const segment = 'wal/log/segment-000000000001.wal';
    expect(damage).toEqual([{ segment, offset, endOffset: offset + ENTRY, what: 'entries' }]);
  });

  it('finds damage where a seal or the next segment records the end', async () => {
    const storage = new MemoryStorage();
    await (await writeLog(storage, [1, 2])).close();
    await flipByte(storage, segmentFile(1), HEADER_BYTES + ENTRY + FRAME_BYTES);
    expect((await examine(storage)).damage).toMatchObject([{ offset: HEADER_BYTES + ENTRY }]);
    await writeLog(storage, [3]);
    expect((await examine(storage)).segments).toMatchObject([
      { state: 'damaged', records: 1 },
      { state: 'open', records: 1 },
    ]);
  });

  it('finds an invalid header, and a missing segment', async () => {
    const storage = new MemoryStorage();
    await (await writeLog(storage, [1, 2, 3, 4], EACH)).close();
    await flipByte(storage, segmentFile(3), 20);
    await storage.remove(segmentFile(2));
    const { segments, damage } = await examine(storage);
    expect(segments.map(({ state }) => state)).toEqual(['continued', 'damaged', 'open']);
    expect(damage).toMatchObject([{ segment: 'wal/log/segment-000000000003.wal', what: 'header' }]);
    await storage.remove(segmentFile(3));
    expect((await examine(storage)).damage).toMatchObject([
      { segment: 'wal/log/segment-000000000003.wal', what: 'missing segment' },
    ]);
  });

  it('reports an unknown format version and reads no entry of that log', async () => {
    const storage = new MemoryStorage();
    await (await writeLog(storage, [1, 2], EACH)).close();
    storage.writeFile(segmentFile(3), headerOfVersion(9));
    const { segments, damage, problem } = await examine(storage);
    expect(segments).toMatchObject([
      { state: 'not read', formatVersion: 1, records: 0 },
      { state: 'not read', formatVersion: 1, records: 0 },
      { state: 'unknown format', formatVersion: 9, records: 0, createdMs: undefined },
    ]);
    expect(damage).toEqual([]);
    expect(problem?.code).toBe('MR_WAL_UNSUPPORTED_FORMAT');
  });

  it('reports a tail that grows meanwhile as in progress', async () => {
    const storage = new BusyStorage();
    await writeLog(storage, [1, 2]);
    const whole = await bytesOf(storage, segmentFile(1));
    storage.writeFile(segmentFile(1), whole.subarray(0, -3));
    storage.onOpen = () => {
      storage.onOpen = () => storage.writeFile(segmentFile(1), whole);
    };
    const { segments, damage } = await examine(storage);
    expect(segments).toMatchObject([{ state: 'in progress' }]);
    expect(damage).toEqual([]);
  });

  it('reports the size at reading, not the size at listing', async () => {
    const storage = new BusyStorage();
    const log = await writeLog(storage, [1]);
    // The header is read first, then the seal, then the entries.
    storage.onOpen = () => {
      storage.onOpen = async () => {
        storage.onOpen = () => {};
        await log.write(payload('x'), 2);
      };
    };
    const sizeBytes = HEADER_BYTES + 2 * ENTRY;
    expect((await examine(storage)).segments).toMatchObject([
      { state: 'in progress', records: 2, sizeBytes },
    ]);
  });

  it('reports a segment that was cleaned up meanwhile as removed', async () => {
    const storage = new BusyStorage();
    const log = await writeLog(storage, [1, 2, 3], EACH);
    let opened = 0;
    storage.onOpen = async () => {
      opened += 1;
      // After reading the headers and the seal, and before reading the entries.
      if (opened === 4) await log.clean(2);
    };
    const { segments, damage } = await examine(storage);
    expect(segments.map(({ state }) => state)).toEqual(['removed', 'continued', 'open']);
    expect(damage).toEqual([]);
  });

  it('repeats the survey when segments vanish between two readings', async () => {
    const storage = new BusyStorage();
    const log = await writeLog(storage, [1, 2, 3], EACH);
    storage.onOpen = async () => {
      storage.onOpen = () => {};
      // The first survey has listed three segments, and has read the header of a segment that is now removed together
      // with the next one.
      await log.clean(3);
    };
    const { segments, damage } = await examine(storage);
    expect(segments.map(({ number }) => number)).toEqual([3]);
    expect(damage).toEqual([]);
  });

  it('derives no loss from gaps in a sparse log', async () => {
    const storage = new MemoryStorage();
    const log = await writeLog(storage, [1, 2, 3], { ...EACH, isSparse: true });
    await log.discard(['log/segment-000000000002.wal']);
    await log.close();
    const report = await examine(storage);
    expect(report).toMatchObject({ layout: 'sparse', damage: [], problem: undefined });
    expect(report.segments.map(({ records }) => records)).toEqual([1, 1]);
  });

  it('keeps the results of other segments when the disk fails in one segment', async () => {
    const storage = new BusyStorage();
    await (await writeLog(storage, [1, 2], EACH)).close();
    let opened = 0;
    storage.onOpen = () => {
      opened += 1;
      if (opened === 4) throw coreError('MR_STORAGE_FAILED', 'input/output error');
    };
    const { segments, problem } = await examine(storage);
    expect(segments.map(({ state }) => state)).toEqual(['unreadable', 'open']);
    expect(problem).toEqual({ code: 'MR_STORAGE_FAILED', message: 'input/output error' });
  });

  it('ends with the reason of its signal', async () => {
    const storage = new MemoryStorage();
    await writeLog(storage, [1]);
    await expect(examine(storage, AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough');
  });
});

/** The header of a later version, in the layout that all versions share: magic, version, size, checksum last. */
function headerOfVersion(version: number): Buffer {
  const bytes = encodeHeader({
    number: 3,
    createdMs: 0,
    previousNumber: 2,
    previousEndBytes: HEADER_BYTES,
    previousNewestMs: 0,
    previousSalt: 0,
    salt: 1,
    isSynced: true,
    isSparse: false,
  });
  bytes.writeUInt16LE(version, 8);
  bytes.writeUInt32LE(crc32(bytes.subarray(0, HEADER_BYTES - 4)), HEADER_BYTES - 4);
  return bytes;
}
