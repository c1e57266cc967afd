// The amounts of a file log for observers.
import { ManualClock } from '@millrace/core';
import { MemoryStorage, settle } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import { codeOf, openLog, payload, recordsOf } from '../test/open-log.ts';
import { WatchedStorage } from '../test/watched-storage.ts';

/** Small segments: one entry of 5,000 bytes fills a segment. */
const SMALL = { segmentBytes: 4_096 };

/** The mark at the end of a closed log. */
const SEAL_BYTES = 28;

function bytesIn(storage: MemoryStorage): Promise<number> {
  const sizes = storage.paths().map(async (path) => (await storage.stat(path))?.sizeBytes ?? 0);
  return Promise.all(sizes).then((all) => all.reduce((sum, size) => sum + size, 0));
}

describe('the gauges of a file log', () => {
  it('begin at nothing', async () => {
    const log = await openLog(new MemoryStorage());
    expect(log.gauges()).toEqual({
      kind: 'file',
      sizeBytes: 0,
      segments: 0,
      syncs: 0,
      errors: 0,
      unconfirmed: { entries: 0, bytes: 0, oldestMs: 0 },
    });
  });

  it('have the bytes on the disk and the segments, also of an earlier process and after a clean-up', async () => {
    const storage = new MemoryStorage();
    const log = await openLog(storage, { options: SMALL });
    for (const time of [1, 2, 3]) await log.write(payload('x', 5_000), time);
    expect(log.gauges()).toMatchObject({ segments: 3, sizeBytes: await bytesIn(storage), syncs: 3 });
    await log.close();
    const reopened = await openLog(storage, { options: SMALL });
    await recordsOf(reopened);
    expect(reopened.gauges()).toMatchObject({ segments: 3, syncs: 0 });
    // Recovery cuts no seal off, and counts none.
    const sealed = await bytesIn(storage);
    expect(sealed - reopened.gauges().sizeBytes).toBe(SEAL_BYTES);
    await reopened.write(payload('y', 5_000), 4);
    await reopened.clean(4);
    // One removed segment is kept as the file of the next.
    expect(reopened.gauges().segments).toBe(1);
    expect((await bytesIn(storage)) - reopened.gauges().sizeBytes).toBeLessThanOrEqual(SEAL_BYTES);
  });

  it('measure syncs, of which concurrent writes share one', async () => {
    const clock = new ManualClock();
    const storage = new WatchedStorage();
    const log = await openLog(storage, { clock });
    await log.write(payload('first'), 1);
    expect(log.gauges()).toMatchObject({ syncs: 1, syncMs: { p50: 0, p99: 0, max: 0 } });
    const release = storage.holdSyncs();
    const writes = [1, 2, 3].map((time) => log.write(payload('x'), time));
    await settle();
    await clock.advance(40);
    release();
    await Promise.all(writes);
    expect(log.gauges()).toMatchObject({ syncs: 2, errors: 0, syncMs: { p50: 0, p99: 40, max: 40 } });
  });

  it('count the writes that are not synced, with the age of the oldest', async () => {
    const clock = new ManualClock();
    const storage = new WatchedStorage();
    const log = await openLog(storage, { clock });
    const release = storage.holdSyncs();
    const first = log.write(payload('x', 4_000), 1);
    await settle();
    await clock.advance(30);
    const second = log.write(payload('y', 4_000), 2);
    await clock.advance(10);
    const frames = log.gauges().unconfirmed?.bytes ?? 0;
    expect(frames).toBeGreaterThan(8_000);
    expect(log.gauges().unconfirmed).toEqual({ entries: 2, bytes: frames, oldestMs: 40 });
    release();
    await first;
    await second;
    expect(log.gauges().unconfirmed).toEqual({ entries: 0, bytes: 0, oldestMs: 0 });
  });

  it('have no syncs without syncs', async () => {
    const log = await openLog(new MemoryStorage(), { options: { sync: false } });
    await log.write(payload('x'), 1);
    expect(log.gauges()).toMatchObject({ segments: 1, syncs: 0, errors: 0 });
    expect(log.gauges()).not.toHaveProperty('syncMs');
  });

  it('count failed groups, and stay finite when a segment cannot be cut back', async () => {
    const storage = new WatchedStorage();
    const log = await openLog(storage);
    await log.write(payload('x'), 1);
    storage.failOnce('sync');
    expect(await codeOf(log.write(payload('lost'), 2))).toBe('MR_WAL_WRITE_FAILED');
    await log.write(payload('y'), 3);
    const gauges = log.gauges();
    expect(gauges).toMatchObject({ errors: 1, syncs: 2 });
    expect(Number.isFinite(gauges.sizeBytes)).toBe(true);
  });

  it('know the room at the newest segment, without a wait of any write', async () => {
    const storage = new MemoryStorage({ maxBytes: 100_000 });
    const log = await openLog(storage, { options: SMALL });
    await settle();
    expect(log.gauges().roomBytes).toBe(100_000 - (await bytesIn(storage)));
    const { promise, resolve } = Promise.withResolvers<number>();
    storage.freeBytes = () => promise;
    await log.write(payload('x', 5_000), 1);
    await log.write(payload('x', 5_000), 2);
    resolve(7);
    await settle();
    expect(log.gauges().roomBytes).toBe(7);
    storage.freeBytes = () => Promise.reject(new Error('no'));
    await log.write(payload('x', 5_000), 3);
    await settle();
    expect(log.gauges()).not.toHaveProperty('roomBytes');
  });

  it('answer after the end as well', async () => {
    const log = await openLog(new MemoryStorage());
    await log.write(payload('x'), 1);
    await log.close();
    expect(log.gauges()).toMatchObject({ segments: 1, syncs: 1 });
  });
});
