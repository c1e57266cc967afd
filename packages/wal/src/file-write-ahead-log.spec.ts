import { ManualClock, type LogHandle } from '@millrace/core';
import { MemoryStorage } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import { codeOf, openLog, payload, recordsOf, segmentFile, textsOf } from '../test/open-log.ts';
import { WatchedStorage } from '../test/watched-storage.ts';

/** Small segments: one entry of 5,000 bytes fills a segment. */
const SMALL = { segmentBytes: 4_096 };

describe('a file log', () => {
  it('returns written entries in order, with their times (WAL-1, WAL-2)', async () => {
    const storage = new MemoryStorage();
    const log = await openLog(storage);
    for (const text of ['a', '', 'c']) await log.write(payload(text), text.length + 0.5);
    await log.close();
    const records = await recordsOf(await openLog(storage));
    expect(records.map(({ timeMs }) => timeMs)).toEqual([1.5, 0.5, 1.5]);
    expect(records.map((record) => Buffer.from(record.payload).toString())).toEqual(['a', '', 'c']);
  });

  it('reads by handle from the open segment, from a closed segment and after a restart', async () => {
    const storage = new MemoryStorage();
    const log = await openLog(storage, { options: SMALL });
    const handles: LogHandle[] = [];
    for (const text of ['a', 'b', 'c']) handles.push(await log.write(payload(text, 5_000), 1));
    const readAll = async (from: typeof log) => Promise.all(handles.map((handle) => from.read(handle)));
    expect((await readAll(log)).map((bytes) => bytes[0])).toEqual([97, 98, 99]);
    await log.close();
    const reopened = await openLog(storage);
    expect((await readAll(reopened)).map((bytes) => bytes[0])).toEqual([97, 98, 99]);
  });

  it('accepts copies of handles', async () => {
    const log = await openLog(new MemoryStorage());
    const handle = await log.write(payload('a'), 1);
    expect(handle).toEqual({ segment: 'log/segment-000000000001.wal', offset: 64, length: 1 });
    const copy = JSON.parse(JSON.stringify(handle)) as LogHandle;
    expect(Buffer.from(await log.read(copy)).toString()).toBe('a');
  });

  it('writes a payload in pieces as one entry', async () => {
    const log = await openLog(new MemoryStorage());
    const handle = await log.writeParts([payload('one '), payload(''), payload('two')], 1);
    expect(Buffer.from(await log.read(handle)).toString()).toBe('one two');
  });

  it('begins a new segment by size and by age, and never for an empty segment', async () => {
    const clock = new ManualClock();
    const log = await openLog(new MemoryStorage(), { clock, options: { ...SMALL, segmentMs: 1_000 } });
    await log.write(payload('a', 5_000), 1);
    await log.write(payload('b'), 1);
    expect(log.segments()).toHaveLength(2);
    await clock.advance(999);
    await log.write(payload('c'), 1);
    expect(log.segments()).toHaveLength(2);
    await clock.advance(1);
    expect(log.segments()).toHaveLength(2);
    await log.write(payload('d'), 1);
    expect(log.segments()).toHaveLength(3);
  });

  it('measures the age on a clock that no user can set', async () => {
    const clock = new ManualClock(1_000_000);
    const log = await openLog(new MemoryStorage(), { clock, options: { segmentMs: 1_000 } });
    await log.write(payload('a'), 1);
    await clock.setTime(0);
    await clock.advance(1_000);
    await log.write(payload('b'), 1);
    expect(log.segments()).toHaveLength(2);
  });

  it('gives every group a segment of its own with closeFileAfterWrite', async () => {
    const storage = new MemoryStorage();
    const log = await openLog(storage, { options: { closeFileAfterWrite: true } });
    for (const text of ['a', 'b']) await log.write(payload(text), 1);
    expect(log.segments()).toHaveLength(2);
    await log.close();
    expect(await textsOf(await openLog(storage))).toEqual(['a', 'b']);
  });

  it('refuses a second holder, and accepts one after closing', async () => {
    const storage = new MemoryStorage();
    const log = await openLog(storage);
    expect(await codeOf(openLog(storage))).toBe('MR_STORAGE_LOCKED');
    await Promise.all([log.close(), log.close()]);
    await openLog(storage);
  });

  it('writes waiting entries before closing, and refuses later entries', async () => {
    const storage = new WatchedStorage();
    const log = await openLog(storage);
    const writes = ['a', 'b'].map((text) => log.write(payload(text), 1));
    const closing = log.close();
    expect(await codeOf(log.write(payload('late'), 1))).toBe('MR_WAL_CLOSED');
    await Promise.all([...writes, closing]);
    expect(await codeOf(recordsOf(log))).toBe('MR_WAL_CLOSED');
    expect(await codeOf(log.clean(1))).toBe('MR_WAL_CLOSED');
    expect(await textsOf(await openLog(storage))).toEqual(['a', 'b']);
  });

  it('refuses an entry that is too large, and an invalid time', async () => {
    const log = await openLog(new MemoryStorage());
    const tooLarge = { byteLength: 256 * 1024 * 1024 + 1 } as Uint8Array;
    expect(await codeOf(log.write(tooLarge, 1))).toBe('MR_WAL_RECORD_TOO_LARGE');
    await expect(log.write(payload('a'), Number.NaN)).rejects.toThrow(TypeError);
  });

  it('refuses names that leave the directory, and options out of bounds', async () => {
    const storage = new MemoryStorage();
    expect(await codeOf(openLog(storage, { name: '../x' }))).toBe('MR_WAL_INVALID_NAME');
    expect(await codeOf(openLog(storage, { options: { groupBytes: 1 } }))).toBe('MR_CONFIG_INVALID_OPTION');
  });

  it('refuses a handle that is not a place in a log', async () => {
    const log = await openLog(new MemoryStorage());
    const handle = await log.write(payload('a'), 1);
    for (const bad of [
      { ...handle, segment: '../../etc/passwd' },
      { ...handle, segment: 'log/segment-000000000009.wal' },
      { ...handle, offset: -1 },
      { ...handle, length: 1e12 },
    ]) {
      expect(await codeOf(log.read(bad))).toBe('MR_WAL_ENTRY_NOT_FOUND');
    }
    for (const wrong of [
      { ...handle, offset: 63 },
      { ...handle, length: 2 },
      { ...handle, offset: 1e6 },
    ]) {
      expect(await codeOf(log.read(wrong))).toBe('MR_WAL_CORRUPT_RECORD');
    }
  });

  it('keeps few segments open, for any number of read segments', async () => {
    const storage = new WatchedStorage();
    const log = await openLog(storage, { options: { closeFileAfterWrite: true } });
    const handles: LogHandle[] = [];
    for (let index = 0; index < 40; index += 1) handles.push(await log.write(payload(`${index}`), 1));
    for (const [index, handle] of [...handles, ...handles].entries()) {
      expect(Buffer.from(await log.read(handle)).toString()).toBe(`${index % 40}`);
      expect(storage.openForReading).toBeLessThanOrEqual(16);
    }
  });
});

describe('cleaning a log', () => {
  /** Segments with one entry each, of these times. */
  async function logOf(storage: MemoryStorage, times: readonly number[]) {
    const log = await openLog(storage, { options: { closeFileAfterWrite: true } });
    for (const timeMs of times) await log.write(payload(`${timeMs}`), timeMs);
    return log;
  }

  it('removes segments below the threshold and no other segments (WAL-4)', async () => {
    const storage = new MemoryStorage();
    const log = await logOf(storage, [1, 2, 3, 4]);
    await log.clean(3);
    expect(await textsOf(log)).toEqual(['3', '4']);
    expect(storage.paths()).toEqual([segmentFile(3), segmentFile(4)]);
  });

  it('never removes the newest segment', async () => {
    const log = await logOf(new MemoryStorage(), [1, 2]);
    await log.clean(Number.MAX_SAFE_INTEGER);
    expect(await textsOf(log)).toEqual(['2']);
  });

  it('stops at the first needed segment, so that no replay misses its middle', async () => {
    const log = await logOf(new MemoryStorage(), [1, 9, 2, 10]);
    await log.clean(5);
    expect(await textsOf(log)).toEqual(['9', '2', '10']);
  });

  it('compares the times of the entries and reads no clock', async () => {
    const storage = new MemoryStorage();
    const log = await openLog(storage, {
      clock: new ManualClock(1e15),
      options: { closeFileAfterWrite: true },
    });
    for (const timeMs of [5, 6, 7]) await log.write(payload(`${timeMs}`), timeMs);
    await log.clean(5);
    expect(await textsOf(log)).toEqual(['5', '6', '7']);
  });

  it('knows the times after a restart without reading the segments', async () => {
    const storage = new MemoryStorage();
    await (await logOf(storage, [1, 2, 3])).close();
    const log = await openLog(storage);
    await log.clean(3);
    expect(await textsOf(log)).toEqual(['3']);
    await log.write(payload('4'), 4);
    await log.clean(4);
    expect(await textsOf(log)).toEqual(['4']);
  });

  it('continues after a failure of the disk', async () => {
    const storage = new WatchedStorage();
    const log = await logOf(storage, [1, 2, 3]);
    storage.fail('remove');
    expect(await codeOf(log.clean(3))).toBe('MR_STORAGE_FAILED');
    storage.heal();
    await log.clean(3);
    expect(await textsOf(log)).toEqual(['3']);
  });

  it('permits a reader that has begun to read the remaining entries', async () => {
    const log = await logOf(new MemoryStorage(), [1, 2, 3]);
    const seen: number[] = [];
    for await (const { timeMs } of log.readAll()) {
      seen.push(timeMs);
      await log.clean(3);
    }
    expect(seen).toEqual([1, 3]);
  });

  it('works by segment in sparse logs', async () => {
    const storage = new MemoryStorage();
    const options = { closeFileAfterWrite: true };
    const log = await openLog(storage, { isSparse: true, options });
    for (const timeMs of [1, 2, 3, 4]) await log.write(payload(`${timeMs}`), timeMs);
    const [, second, third, newest] = log.segments();
    await log.discard([second ?? '', third ?? '', newest ?? '', 'other/segment-000000000001.wal']);
    expect(await textsOf(log)).toEqual(['1', '4']);
    await log.close();
    const reopened = await openLog(storage, { isSparse: true, options });
    expect(await textsOf(reopened)).toEqual(['1', '4']);
    await reopened.close();
    await expect((await openLog(storage)).discard([])).rejects.toThrow(TypeError);
  });
});
