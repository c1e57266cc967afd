import { SeededRandom } from '@millrace/core';
import { FaultyStorage, MemoryStorage, RecordingLogger } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import { codeOf, openLog, payload, segmentFile, textsOf } from '../test/open-log.ts';
import { WatchedStorage } from '../test/watched-storage.ts';
import { FRAME_BYTES, HEADER_BYTES } from './log-format.ts';

const STEP = 1_000;
const OPTIONS = { preallocateBytes: STEP, segmentBytes: 8_192 };

const open = (storage: MemoryStorage | FaultyStorage, over: object = {}) =>
  openLog(storage, { options: { ...OPTIONS, ...over } });
const sizeOf = async (storage: MemoryStorage | FaultyStorage, number = 1) =>
  (await storage.stat(segmentFile(number)))?.sizeBytes;

describe('a log with room in its segments', () => {
  it('begins a segment with room, adds room, and cuts the room off at the end', async () => {
    const storage = new MemoryStorage();
    const log = await open(storage);
    await log.write(payload('a'), 1);
    expect(await sizeOf(storage)).toBe(HEADER_BYTES + STEP);
    for (let entry = 0; entry < 9; entry += 1) await log.write(payload('b', 100), 1);
    expect(await sizeOf(storage)).toBe(HEADER_BYTES + 2 * STEP);
    await log.close();
    expect(await sizeOf(storage)).toBe(HEADER_BYTES + 11 * FRAME_BYTES + 1 + 9 * 100);
    expect(await textsOf(await open(storage))).toHaveLength(10);
  });

  it('writes a large group without room, and continues behind it', async () => {
    const storage = new MemoryStorage();
    const log = await open(storage);
    await log.write(payload('large', 3_000), 1);
    expect(await sizeOf(storage)).toBe(HEADER_BYTES + FRAME_BYTES + 3_000);
    await log.write(payload('small'), 1);
    expect(await sizeOf(storage)).toBe(HEADER_BYTES + FRAME_BYTES + 3_000 + STEP);
    await log.close();
    expect(await textsOf(await open(storage))).toEqual(['large', 'small']);
  });

  it('gives a segment no room beyond its size', async () => {
    const storage = new MemoryStorage();
    const log = await open(storage, { preallocateBytes: 1_000_000, segmentBytes: 4_096 });
    await log.write(payload('a'), 1);
    expect(await sizeOf(storage)).toBe(HEADER_BYTES + 4_096);
  });

  it.each([{ sync: false }, { closeFileAfterWrite: true }, { preallocateBytes: 0 }])(
    'has no room with %o',
    async (over) => {
      const storage = new MemoryStorage();
      const log = await open(storage, over);
      await log.write(payload('a'), 1);
      expect(await sizeOf(storage)).toBe(HEADER_BYTES + FRAME_BYTES + 1);
    },
  );

  it('makes each group inside its file durable with one operation', async () => {
    const storage = new WatchedStorage();
    storage.hasDurableAppends = true;
    const log = await open(storage);
    await log.write(payload('a'), 1);
    storage.seen.length = 0;
    await log.write(payload('b'), 1);
    expect(storage.seen.map(({ operation }) => operation)).toEqual(['durable append']);
  });

  it('shows no room as a torn tail after a crash', async () => {
    const storage = new FaultyStorage({ random: new SeededRandom(1) });
    const before = await open(storage);
    await before.write(payload('a'), 1);
    const log = new RecordingLogger();
    const after = await openLog(storage.crash(), { log, options: OPTIONS });
    expect(await textsOf(after)).toEqual(['a']);
    expect(log.lines).toMatchObject([{ level: 'info', fields: { records: 1, tornBytes: 0 } }]);
  });
});

describe('a log whose room fails', () => {
  it('begins a segment without room when the disk has none', async () => {
    const storage = new FaultyStorage({ random: new SeededRandom(1), capacityBytes: 500 });
    const log = await open(storage);
    await log.write(payload('a'), 1);
    expect(await sizeOf(storage, 2)).toBe(HEADER_BYTES + FRAME_BYTES + 1);
    expect((await storage.list('/wal/log')).map(({ name }) => name)).toEqual(['segment-000000000002.wal']);
  });

  it('begins a segment without room on a storage that does not write over files', async () => {
    const storage = new WatchedStorage();
    storage.refusedMode = 'overwrite';
    const log = await open(storage);
    await log.write(payload('a'), 1);
    await log.write(payload('b'), 1);
    await log.close();
    expect(await textsOf(await open(storage))).toEqual(['a', 'b']);
  });

  it('refuses a group for which the disk has no room, and accepts it later (LOG-4)', async () => {
    const storage = new FaultyStorage({ random: new SeededRandom(1) });
    const log = await open(storage);
    await log.write(payload('a', 900), 1);
    storage.capacityBytes = HEADER_BYTES + STEP;
    expect(await codeOf(log.write(payload('b', 200), 1))).toBe('MR_WAL_FULL');
    storage.capacityBytes = Number.POSITIVE_INFINITY;
    await log.write(payload('c', 200), 1);
    expect(storage.violations).toEqual([]);
    expect(await textsOf(await open(storage.crash()))).toEqual(['a', 'c']);
  });

  it.each([
    ['durable append', { hasDurableAppends: true, filled: 1 }],
    ['append of room', { hasDurableAppends: false, filled: 900 }],
    ['sync of room', { hasDurableAppends: false, filled: 900 }],
  ])('never writes to a file again whose %s failed (WAL-3)', async (what, { hasDurableAppends, filled }) => {
    const storage = new WatchedStorage();
    storage.hasDurableAppends = hasDurableAppends;
    const log = await open(storage);
    await log.write(payload('a', filled), 1);
    storage.failOnce(what === 'sync of room' ? 'sync' : 'append');
    expect(await codeOf(log.write(payload('b', 200), 1))).toBe('MR_WAL_WRITE_FAILED');
    storage.seen.length = 0;
    await log.write(payload('c'), 1);
    expect(storage.seen.filter(({ path }) => path === segmentFile(1))).toEqual([]);
    await log.close();
    expect(await textsOf(await open(storage))).toEqual(['a', 'c']);
  });
});
