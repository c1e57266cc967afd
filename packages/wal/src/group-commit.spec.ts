import { ManualClock } from '@millrace/core';
import { settle } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import { codeOf, openLog, payload, recordsOf, segmentFile, textsOf } from '../test/open-log.ts';
import { WatchedStorage } from '../test/watched-storage.ts';

describe('group commit', () => {
  it('writes at once when no other entry waits', async () => {
    const storage = new WatchedStorage();
    const clock = new ManualClock();
    const log = await openLog(storage, { clock });
    await log.write(payload('a'), 1);
    await log.write(payload('b'), 1);
    expect(storage.count('sync', segmentFile(1))).toBe(3);
    expect(clock.pendingTimers).toBe(0);
  });

  it('shares one append and one sync among all waiting writers', async () => {
    const storage = new WatchedStorage();
    const log = await openLog(storage);
    const release = storage.holdSyncs();
    const first = log.write(payload('first'), 1);
    await settle();
    const others = Array.from({ length: 20 }, (_, index) => log.write(payload(`other ${index}`), 1));
    release();
    await Promise.all([first, ...others]);
    // The header, the first entry, and all other entries.
    expect([storage.count('append', segmentFile(1)), storage.count('sync', segmentFile(1))]).toEqual([3, 3]);
    expect(log.statistics()).toMatchObject({ records: 21, groups: 2 });
  });

  it('lets writers of the same turn share a group from the first write', async () => {
    const log = await openLog(new WatchedStorage());
    await Promise.all(Array.from({ length: 20 }, () => log.write(payload('x'), 1)));
    expect(log.statistics().groups).toBe(1);
  });

  it('keeps groups within groupBytes', async () => {
    const log = await openLog(new WatchedStorage(), { options: { groupBytes: 4_096 } });
    await Promise.all(Array.from({ length: 8 }, () => log.write(payload('x', 1_024), 1)));
    expect(log.statistics().groups).toBe(2);
  });

  it('resolves nothing before the sync (WAL-1)', async () => {
    const storage = new WatchedStorage();
    const log = await openLog(storage);
    await log.write(payload('a'), 1);
    const release = storage.holdSyncs();
    let isTold = false;
    const write = log.write(payload('b'), 1).then(() => (isTold = true));
    await settle();
    expect(isTold).toBe(false);
    release();
    await write;
  });

  it('refuses no write because of the number of waiting writers: there is no time-out', async () => {
    const storage = new WatchedStorage();
    const clock = new ManualClock();
    const log = await openLog(storage, { clock });
    const release = storage.holdSyncs();
    const writes = Array.from({ length: 1_000 }, (_, index) => log.write(payload(`${index}`), 1));
    await clock.advance(3_600_000);
    release();
    await Promise.all(writes);
    expect(await recordsOf(log)).toHaveLength(1_000);
  });

  it('refuses a write beyond waitingBytes, and accepts the write later', async () => {
    const storage = new WatchedStorage();
    const log = await openLog(storage, { options: { waitingBytes: 8_192 } });
    const release = storage.holdSyncs();
    const first = log.write(payload('first', 8_000), 1);
    expect(await codeOf(log.write(payload('second', 8_000), 1))).toBe('MR_WAL_FULL');
    release();
    await first;
    await log.write(payload('second', 8_000), 1);
    expect(await textsOf(log)).toEqual(['first', 'second']);
  });
});

describe('a group that fails', () => {
  it('is cut off when the append failed, and the file is never written again (WAL-3)', async () => {
    const storage = new WatchedStorage();
    const log = await openLog(storage);
    await log.write(payload('before'), 1);
    storage.fail('append');
    const refused = [log.write(payload('x'), 1), log.write(payload('y'), 1)].map(codeOf);
    expect(await Promise.all(refused)).toEqual(['MR_WAL_WRITE_FAILED', 'MR_WAL_WRITE_FAILED']);
    storage.heal();
    const appendsBefore = storage.count('append', segmentFile(1));
    await log.write(payload('after'), 1);
    expect(storage.count('append', segmentFile(1))).toBe(appendsBefore);
    expect(storage.count('truncate', segmentFile(1))).toBe(1);
    expect(await textsOf(log)).toEqual(['before', 'after']);
  });

  it('is ended by the next segment when the sync failed, and the file is never synced again', async () => {
    const storage = new WatchedStorage();
    const log = await openLog(storage);
    await log.write(payload('before'), 1);
    storage.fail('sync', 'MR_STORAGE_FAILED', segmentFile(1));
    const syncs = storage.count('sync', segmentFile(1));
    expect(await codeOf(log.write(payload('x'), 1))).toBe('MR_WAL_WRITE_FAILED');
    expect(storage.count('sync', segmentFile(1))).toBe(syncs + 1);
    expect(storage.count('truncate')).toBe(0);
    await log.close();
    expect(await textsOf(await openLog(storage))).toEqual(['before']);
  });

  it('holds its writers until the entry is certainly void', async () => {
    const storage = new WatchedStorage();
    const clock = new ManualClock();
    const log = await openLog(storage, { clock });
    await log.write(payload('before'), 1);
    storage.fail('sync');
    storage.fail('open', 'MR_STORAGE_FULL');
    let told: string | undefined;
    const held = codeOf(log.write(payload('held'), 1)).then((code) => (told = code));
    await settle();
    expect(told).toBeUndefined();
    expect(await codeOf(log.write(payload('meanwhile'), 1))).toBe('MR_WAL_FULL');
    storage.heal();
    await clock.advance(10_000);
    await held;
    expect(told).toBe('MR_WAL_WRITE_FAILED');
    await log.write(payload('after'), 1);
    expect(await textsOf(log)).toEqual(['before', 'after']);
    expect(clock.pendingTimers).toBe(0);
  });

  it('rejects with an unknown outcome when the log is closed before the entry is certainly void', async () => {
    const storage = new WatchedStorage();
    const clock = new ManualClock();
    const log = await openLog(storage, { clock });
    await log.write(payload('before'), 1);
    storage.fail('sync');
    storage.fail('open');
    const held = codeOf(log.write(payload('held'), 1));
    await settle();
    await log.close();
    expect(await held).toBe('MR_WAL_OUTCOME_UNKNOWN');
    expect(clock.pendingTimers).toBe(0);
  });

  it.each(['append', 'open'] as const)(
    'receives the denial when the disk denies to %s, for good',
    async (operation) => {
      const storage = new WatchedStorage();
      const clock = new ManualClock();
      const log = await openLog(storage, { clock, options: { closeFileAfterWrite: true } });
      await log.write(payload('before'), 1);
      storage.fail(operation, 'MR_STORAGE_DENIED');
      const denied = await log.write(payload('x'), 1).catch((error: unknown) => error);
      expect(denied).toMatchObject({ code: 'MR_STORAGE_DENIED', disposition: 'stop-engine' });
      expect(await codeOf(log.write(payload('y'), 1))).toBe('MR_STORAGE_DENIED');
      await log.close();
      storage.heal();
      expect(await textsOf(await openLog(storage))).toEqual(['before']);
    },
  );

  it('does not wait for a denying disk to record that the entry is void', async () => {
    const storage = new WatchedStorage();
    const clock = new ManualClock();
    const log = await openLog(storage, { clock });
    await log.write(payload('before'), 1);
    storage.fail('sync');
    storage.fail('open', 'MR_STORAGE_DENIED');
    const unknown = await log.write(payload('x'), 1).catch((error: unknown) => error);
    expect(unknown).toMatchObject({
      code: 'MR_WAL_OUTCOME_UNKNOWN',
      disposition: 'stop-engine',
      cause: { code: 'MR_STORAGE_DENIED' },
    });
    expect(await codeOf(log.write(payload('y'), 1))).toBe('MR_STORAGE_DENIED');
    expect(clock.pendingTimers).toBe(0);
    await log.close();
    storage.heal();
    await (await openLog(storage)).close();
  });

  it('reports a denial at once when the next segment fails otherwise', async () => {
    const storage = new WatchedStorage();
    const clock = new ManualClock();
    const log = await openLog(storage, { clock });
    await log.write(payload('before'), 1);
    storage.fail('sync', 'MR_STORAGE_DENIED');
    storage.fail('open');
    const unknown = await log.write(payload('x'), 1).catch((error: unknown) => error);
    expect(unknown).toMatchObject({
      code: 'MR_WAL_OUTCOME_UNKNOWN',
      disposition: 'stop-engine',
      cause: { code: 'MR_STORAGE_DENIED' },
    });
    expect(clock.pendingTimers).toBe(0);
  });

  it('reports a denial at once when the disk denies to cut off an entry that failed otherwise', async () => {
    const storage = new WatchedStorage();
    const clock = new ManualClock();
    const log = await openLog(storage, { clock });
    await log.write(payload('before'), 1);
    storage.fail('append', 'MR_STORAGE_FULL');
    storage.fail('sync', 'MR_STORAGE_DENIED');
    const unknown = await log.write(payload('x'), 1).catch((error: unknown) => error);
    expect(unknown).toMatchObject({
      code: 'MR_WAL_OUTCOME_UNKNOWN',
      disposition: 'stop-engine',
      cause: { code: 'MR_STORAGE_DENIED' },
    });
    expect(clock.pendingTimers).toBe(0);
    storage.heal();
    await log.write(payload('after'), 1);
    await log.close();
    expect(await textsOf(await openLog(storage))).toEqual(['before', 'after']);
  });

  it('refuses with MR_WAL_FULL on a full disk, and resumes without help when there is room', async () => {
    const storage = new WatchedStorage();
    const log = await openLog(storage);
    await log.write(payload('before'), 1);
    storage.maxBytes = 300;
    const refused = Array.from({ length: 5 }, () => codeOf(log.write(payload('x', 1_000), 1)));
    expect(new Set(await Promise.all(refused))).toEqual(new Set(['MR_WAL_FULL']));
    expect(await codeOf(log.write(payload('y', 1_000), 1))).toBe('MR_WAL_FULL');
    storage.maxBytes = 10_000;
    await log.write(payload('after', 1_000), 1);
    expect(await textsOf(log)).toEqual(['before', 'after']);
  });

  it('does not stop later groups', async () => {
    const storage = new WatchedStorage();
    const log = await openLog(storage);
    await log.write(payload('before'), 1);
    const release = storage.holdSyncs();
    const failing = codeOf(log.write(payload('x'), 1));
    await settle();
    const behind = codeOf(log.write(payload('behind'), 1));
    storage.fail('append');
    release();
    await settle();
    storage.heal();
    expect(await failing).toBeUndefined();
    expect(await behind).toBe('MR_WAL_WRITE_FAILED');
    await log.write(payload('later'), 1);
    expect(await textsOf(log)).toEqual(['before', 'x', 'later']);
  });
});
