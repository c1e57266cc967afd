import { NoopLogger } from '@millrace/core';
import { MemoryStorage } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import { HEADER_BYTES, type SegmentHeader } from './log-format.ts';
import { SegmentCatalog } from './segment-catalog.ts';
import type { LogSegment } from './segment-chain.ts';
import { SegmentCleanup } from './segment-cleanup.ts';
import { segmentFileName, SPARE_FILE } from './segment-name.ts';
import { SpareSegment } from './spare-segment.ts';

const HEADER = { createdMs: 0, previousEndBytes: 100, previousSalt: 1, previousNewestMs: 0, salt: 1 };

/** A segment after its predecessor, with this newest time. */
function segment(
  number: number,
  newestMs: number | undefined,
  differences: Partial<LogSegment> = {},
): LogSegment {
  const header: SegmentHeader = {
    ...HEADER,
    number,
    previousNumber: number - 1,
    isSynced: true,
    isSparse: false,
  };
  return { number, newestMs, header, sizeBytes: 100, endBytes: 100, isVoid: false, ...differences };
}

function cleanupOf(segments: readonly LogSegment[], isSparse = false) {
  const storage = new MemoryStorage();
  for (const { number } of segments) storage.writeFile(`/${segmentFileName(number)}`, '');
  const catalog = new SegmentCatalog(segments);
  const removed: number[] = [];
  const onRemoved = (number: number) => removed.push(number);
  const log = new NoopLogger();
  const spare = new SpareSegment({ storage, log, directory: '/', segmentBytes: 100, isAllowed: true });
  return {
    storage,
    catalog,
    removed,
    spare,
    cleanup: new SegmentCleanup({ storage, catalog, directory: '/', isSparse, spare, onRemoved }),
  };
}

describe('SegmentCleanup of a log that is replayed', () => {
  it('removes segments from the oldest up to the first needed one (WAL-4)', async () => {
    const { cleanup, removed, storage } = cleanupOf([
      segment(1, 1),
      segment(2, 9),
      segment(3, 2),
      segment(4, 3),
    ]);
    await cleanup.clean(5);
    expect(removed).toEqual([1]);
    expect(storage.paths()).not.toContain(`/${segmentFileName(1)}`);
  });

  it('keeps segments with exactly the time of the threshold', async () => {
    const { cleanup, removed } = cleanupOf([segment(1, 5), segment(2, 6)]);
    await cleanup.clean(5);
    expect(removed).toEqual([]);
  });

  it('keeps the newest segment, even a single one', async () => {
    const { cleanup, removed } = cleanupOf([segment(1, 1)]);
    await cleanup.clean(1e12);
    expect(removed).toEqual([]);
  });

  it('keeps a segment whose newest time is unknown', async () => {
    const { cleanup, removed } = cleanupOf([segment(1, undefined), segment(2, 1), segment(3, 1)]);
    await cleanup.clean(1e12);
    expect(removed).toEqual([]);
  });

  it('removes an unreadable segment together with the next one', async () => {
    const unreadable = segment(1, undefined, { header: undefined });
    const { cleanup, removed } = cleanupOf([unreadable, segment(2, 4), segment(3, 9)]);
    await cleanup.clean(4);
    expect(removed).toEqual([]);
    await cleanup.clean(5);
    expect(removed).toEqual([1, 2]);
  });

  it('removes abandoned segments before the segment that skips them', async () => {
    const given = segment(2, Number.NEGATIVE_INFINITY, { isVoid: true, endBytes: HEADER_BYTES });
    const { cleanup, removed } = cleanupOf([segment(1, 1), given, segment(3, 2), segment(4, 9)]);
    await cleanup.clean(5);
    expect(removed).toEqual([1, 2, 3]);
  });
});

describe('SegmentCleanup of a sparse log', () => {
  it('removes the requested segments in any order', async () => {
    const { cleanup, removed } = cleanupOf(
      [segment(1, 1), segment(2, 1), segment(3, 1), segment(4, 1)],
      true,
    );
    await cleanup.discard(new Set([2, 4, 99]));
    expect(removed).toEqual([2]);
    await cleanup.discard(new Set([1, 3]));
    expect(removed).toEqual([2, 1, 3]);
  });

  it('keeps the segment whose header ends its predecessor', async () => {
    const refused = segment(1, 1, { sizeBytes: Number.POSITIVE_INFINITY });
    const { cleanup, removed } = cleanupOf([refused, segment(2, 1), segment(3, 1)], true);
    await cleanup.discard(new Set([2]));
    expect(removed).toEqual([]);
    await cleanup.discard(new Set([1, 2]));
    expect(removed).toEqual([1, 2]);
  });
});

describe('SegmentCleanup of a sparse log with abandoned segments', () => {
  const given = (number: number) =>
    segment(number, Number.NEGATIVE_INFINITY, { isVoid: true, endBytes: HEADER_BYTES });

  it('removes the abandoned segments, and keeps the segment that skips them and ends the previous one', async () => {
    const refused = segment(1, 1, { sizeBytes: Number.POSITIVE_INFINITY });
    const third = segment(3, 1);
    const header = third.header && { ...third.header, previousNumber: 1 };
    const { cleanup, removed } = cleanupOf([refused, given(2), { ...third, header }, segment(4, 1)], true);
    await cleanup.discard(new Set([3]));
    expect(removed).toEqual([2]);
  });

  it('keeps the newest relevant segment: the end of an older one may be recorded nowhere else', async () => {
    const { cleanup, removed } = cleanupOf(
      [segment(1, undefined, { endBytes: undefined }), segment(2, 1), given(3)],
      true,
    );
    await cleanup.discard(new Set([2]));
    expect(removed).toEqual([]);
  });
});

describe('SegmentCleanup of segments that this process wrote', () => {
  /** Recovery found no segments, and these were written. */
  function writtenOf(...segments: readonly LogSegment[]) {
    const world = cleanupOf([]);
    for (const each of segments) {
      world.storage.writeFile(`/${segmentFileName(each.number)}`, `content of ${each.number}`);
      world.catalog.add(each);
    }
    return world;
  }

  it('keeps one file for the next segment, and removes the other files', async () => {
    const { cleanup, spare, storage } = writtenOf(segment(1, 1), segment(2, 2), segment(3, 9));
    await cleanup.clean(5);
    expect(storage.paths()).toEqual([`/${segmentFileName(3)}`, `/${SPARE_FILE}`]);
    expect(storage.readText(`/${SPARE_FILE}`)).toBe('content of 1');
    expect(spare.take()).toEqual({ path: `/${SPARE_FILE}`, salt: 1 });
  });

  it('keeps no file that was found at start, is small, huge, or in doubt', async () => {
    const found = cleanupOf([segment(1, 1), segment(2, 2)]);
    await found.cleanup.clean(2);
    expect(found.spare.take()).toBeUndefined();
    for (const sizeBytes of [49, 201, Number.POSITIVE_INFINITY]) {
      const { cleanup, spare, storage } = writtenOf(segment(1, 1, { sizeBytes }), segment(2, 2));
      await cleanup.clean(2);
      expect(spare.take()).toBeUndefined();
      expect(storage.paths()).toEqual([`/${segmentFileName(2)}`]);
    }
  });

  it('removes a file that cannot be kept', async () => {
    const { cleanup, removed, storage } = writtenOf(segment(1, 1), segment(2, 2));
    storage.rename = () => Promise.reject(new Error('disk'));
    await cleanup.clean(2);
    expect(removed).toEqual([1]);
    expect(storage.paths()).toEqual([`/${segmentFileName(2)}`]);
  });

  it('hands out no file whose removal is not yet durable', async () => {
    const { cleanup, spare, storage } = writtenOf(segment(1, 1), segment(2, 2));
    const taken: unknown[] = [];
    storage.syncDirectory = async () => void taken.push(spare.take());
    await cleanup.clean(2);
    expect(taken).toEqual([undefined]);
    expect(spare.take()).toEqual({ path: `/${SPARE_FILE}`, salt: 1 });
  });

  it('hands out no file when making the removal durable failed, and removes the segment later', async () => {
    const { cleanup, removed, spare, storage } = writtenOf(segment(1, 1), segment(2, 2));
    storage.syncDirectory = () => Promise.reject(new Error('disk'));
    await expect(cleanup.clean(2)).rejects.toThrow('disk');
    expect([spare.take(), removed]).toEqual([undefined, []]);
    storage.syncDirectory = MemoryStorage.prototype.syncDirectory.bind(storage);
    await cleanup.clean(2);
    expect([spare.take(), removed]).toEqual([undefined, [1]]);
    expect(storage.paths()).toEqual([`/${segmentFileName(2)}`]);
  });
});

describe('SegmentCleanup', () => {
  it('executes requests one after the other, also after a failed request', async () => {
    const { cleanup, removed, storage } = cleanupOf([segment(1, 1), segment(2, 2), segment(3, 3)]);
    storage.remove = async () => {
      storage.remove = MemoryStorage.prototype.remove.bind(storage);
      throw new Error('disk');
    };
    const results = await Promise.allSettled([cleanup.clean(2), cleanup.clean(3), cleanup.close()]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled']);
    expect(removed).toEqual([1, 2]);
  });
});
