import { ManualClock, SeededRandom } from '@millrace/core';
import { RecordingLogger } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import { codeOf } from '../test/open-log.ts';
import { WatchedStorage } from '../test/watched-storage.ts';
import { decodeHeader } from './log-format.ts';
import { FreeSpace } from './free-space.ts';
import { SegmentCatalog } from './segment-catalog.ts';
import { segmentFileName, SPARE_FILE } from './segment-name.ts';
import { SegmentRoller } from './segment-roller.ts';
import { SpareSegment } from './spare-segment.ts';
import { WaitingWrite } from './waiting-writes.ts';

/** A roller over an empty directory. */
function world() {
  const storage = new WatchedStorage();
  const clock = new ManualClock(5_000);
  const log = new RecordingLogger();
  const random = new SeededRandom(1);
  const catalog = new SegmentCatalog([]);
  const spare = new SpareSegment({ storage, log, directory: '/', segmentBytes: 4_096, isAllowed: true });
  const room = new FreeSpace({ storage, directory: '/' });
  const parts = { storage, room, fileRoom: undefined, clock, log, catalog, spare, random, directory: '/' };
  const limits = { segmentBytes: 4_096, segmentMs: 1_000, isSynced: true, isSparse: false };
  const roller = new SegmentRoller({ ...parts, ...limits });
  /** Writes one entry and updates the catalogue, as group commit does. */
  const write = async (timeMs: number, sizeBytes = 10) => {
    const writer = await roller.forGroup();
    const entry = new WaitingWrite({ parts: [Buffer.alloc(sizeBytes)], timeMs, payloadBytes: sizeBytes }, 0);
    await writer.write([entry], () => undefined);
    catalog.extend(writer.content);
    return writer.content.number;
  };
  const headerOf = async (number: number) => {
    const decoded = decodeHeader(
      await (await storage.open(`/${segmentFileName(number)}`, 'read')).readAt(0, 512),
    );
    return decoded.kind === 'valid' ? decoded.header : undefined;
  };
  /** Ends the segment, and keeps its file as clean-up does. */
  const reuse = async (number: number) => {
    await roller.finish();
    const segment = catalog.all().find((each) => each.number === number);
    if (segment === undefined || !(await spare.keep(segment))) throw new Error('the file was not kept');
    catalog.remove(number);
    spare.arrived();
  };
  return { storage, clock, log, random, catalog, roller, write, headerOf, reuse };
}

async function sizeOf(storage: WatchedStorage, number: number): Promise<number | undefined> {
  return (await storage.stat(`/${segmentFileName(number)}`))?.sizeBytes;
}

describe('SegmentRoller', () => {
  it('continues a segment until the segment is large or old enough', async () => {
    const { write, clock } = world();
    expect([await write(1), await write(1, 5_000), await write(1)]).toEqual([1, 1, 2]);
    await clock.advance(999);
    expect(await write(1)).toBe(2);
    await clock.advance(1);
    expect(await write(1)).toBe(3);
  });

  it('does not abandon an empty segment, however old', async () => {
    const { roller, clock } = world();
    const first = await roller.forGroup();
    await clock.advance(60_000);
    expect(await roller.forGroup()).toBe(first);
  });

  it('records the previous segment in each header, by number, salt, end and newest time', async () => {
    const { write, headerOf } = world();
    await write(7, 5_000);
    await write(3);
    const first = await headerOf(1);
    expect(first).toMatchObject({
      createdMs: 5_000,
      previousNumber: 0,
      previousSalt: 0,
      previousEndBytes: 0,
    });
    expect(await headerOf(2)).toMatchObject({
      previousNumber: 1,
      previousSalt: first?.salt,
      previousEndBytes: 5_092,
      previousNewestMs: 7,
    });
  });

  it('draws a salt other than 0, and a new salt for each segment', async () => {
    const { write, headerOf } = world();
    for (let count = 0; count < 20; count += 1) await write(1, 5_000);
    const salts = await Promise.all(
      Array.from({ length: 20 }, async (_, index) => (await headerOf(index + 1))?.salt),
    );
    expect(new Set(salts).size).toBe(20);
    expect(salts).not.toContain(0);
  });

  it('never uses a number twice, also after a segment could not be begun', async () => {
    const { write, storage, roller, catalog } = world();
    await write(1, 5_000);
    storage.fail('sync');
    expect(await codeOf(roller.forGroup())).toBe('MR_STORAGE_FAILED');
    storage.heal();
    expect(await write(2)).toBe(3);
    expect(catalog.all().map(({ number }) => number)).toEqual([1, 3]);
  });

  it('records the remains of a segment that was not begun, for the clean-up', async () => {
    const { write, storage, roller, catalog, headerOf } = world();
    await write(1, 5_000);
    storage.fail('sync');
    storage.fail('remove');
    expect(await codeOf(roller.forGroup())).toBe('MR_STORAGE_FAILED');
    storage.heal();
    expect(await write(2)).toBe(3);
    expect(catalog.all().map(({ isVoid }) => isVoid)).toEqual([false, true, false]);
    expect(await headerOf(3)).toMatchObject({ previousNumber: 1 });
  });

  it('reports certainty after a failed append once the cut is synced', async () => {
    const { write, storage, roller } = world();
    await write(1);
    storage.fail('append');
    expect(await codeOf(write(2))).toBe('MR_STORAGE_FAILED');
    storage.heal();
    expect(await roller.abandon()).toBe(true);
    expect(await write(2)).toBe(2);
  });

  it('reports no certainty after a failed sync, and never syncs that file again (WAL-3)', async () => {
    const { write, storage, roller, catalog } = world();
    await write(1);
    storage.fail('sync');
    expect(await codeOf(write(2))).toBe('MR_STORAGE_FAILED');
    storage.heal();
    const syncs = storage.count('sync');
    expect(await roller.abandon()).toBe(false);
    expect(storage.count('sync')).toBe(syncs);
    expect(catalog.newest()?.sizeBytes).toBe(Number.POSITIVE_INFINITY);
  });

  it('cuts a segment in a reused file behind its last entry', async () => {
    const { write, storage, roller, reuse } = world();
    await write(1, 8_000);
    await reuse(1);
    await write(2, 100);
    expect(await sizeOf(storage, 2)).toBe(8_092);
    await roller.finish();
    expect(await sizeOf(storage, 2)).toBe(64 + 28 + 100);
    expect(storage.opened).toEqual([`create ${segmentFileName(1)}`, `overwrite ${SPARE_FILE}`]);
  });

  it('draws a salt that differs from the salt of the segment in the reused file', async () => {
    const { write, headerOf, random, roller, reuse } = world();
    await write(1, 8_000);
    const first = await headerOf(1);
    await reuse(1);
    const drawn = [(first?.salt ?? 0) - 1, 99];
    random.integer = () => drawn.shift() ?? 0;
    await roller.begin();
    expect((await headerOf(2))?.salt).toBe(100);
  });

  it.each(['open', 'append', 'sync', 'rename', 'syncDirectory'] as const)(
    'begins a new file when a spare one is unusable: %s fails',
    async (operation) => {
      const { write, storage, catalog, headerOf, log, reuse } = world();
      await write(1, 8_000);
      await reuse(1);
      storage.failOnce(operation);
      expect(await write(2)).toBe(3);
      expect(catalog.all().map(({ number, isVoid }) => [number, isVoid])).toEqual([[3, false]]);
      expect(storage.paths()).toEqual([`/${segmentFileName(3)}`]);
      expect(await headerOf(3)).toMatchObject({ number: 3, previousNumber: 0 });
      expect(log.lines.map(({ level }) => level)).toEqual(['warn']);
    },
  );

  it('begins a new file on a storage that mistakes the mode for another one', async () => {
    const { write, storage, headerOf, reuse } = world();
    await write(1, 8_000);
    await reuse(1);
    const open = storage.open.bind(storage);
    storage.open = (path, mode) => open(path, mode === 'overwrite' ? 'append' : mode);
    expect(await write(2)).toBe(3);
    expect(await headerOf(3)).toMatchObject({ number: 3 });
    expect(storage.paths()).toEqual([`/${segmentFileName(3)}`]);
  });

  it('records an abandoned segment in a spare file that cannot be removed', async () => {
    const { write, storage, catalog, reuse } = world();
    await write(1, 8_000);
    await reuse(1);
    storage.failOnce('syncDirectory');
    storage.fail('remove');
    expect(await write(2)).toBe(3);
    expect(catalog.all().map(({ number, isVoid }) => [number, isVoid])).toEqual([
      [2, true],
      [3, false],
    ]);
  });

  it('warns when a log cannot be sealed, which costs only a search at the next start', async () => {
    const { write, storage, roller, log } = world();
    await write(1);
    storage.fail('append');
    await roller.seal();
    expect(log.lines.map(({ message }) => message)).toEqual(['a log could not be sealed']);
    await roller.seal();
  });
});
