import { ManualClock } from '@millrace/core';
import { MemoryStorage, RecordingLogger } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import { openLog, payload } from '../test/open-log.ts';
import { AbandonedLogs } from './abandoned-logs.ts';

const GRACE_MS = 10_000;
const options = { closeFileAfterWrite: true };

/** Logs in memory; `blocks-1` belongs to a lost executor. */
async function world() {
  const [storage, clock, log] = [new MemoryStorage(), new ManualClock(), new RecordingLogger()];
  const open = (name: string) => openLog(storage, { name, clock, isSparse: true, options });
  const left = await open('blocks-1');
  for (const text of ['a', 'b', 'c']) await left.write(payload(text), 0);
  await left.close();
  const abandoned = new AbandonedLogs({
    storage,
    root: '/wal',
    prefix: 'blocks',
    own: 'blocks-0',
    openLog: open,
    clock,
    log,
    registrationGraceMs: GRACE_MS,
  });
  const segments = async (name: string) =>
    (await storage.list(`/wal/${name}`)).filter((entry) => entry.name.endsWith('.wal')).length;
  return { storage, clock, log, open, abandoned, segments };
}

describe('AbandonedLogs', () => {
  it('removes segments that no batch needs, and no other segments (WAL-4)', async () => {
    const { clock, abandoned, segments } = await world();
    await abandoned.cleanup(5_000, 6_000);
    await clock.advance(60_000);
    // After this clean-up, all blocks are known to be in batches up to 9,000.
    await abandoned.cleanup(8_000, 9_000);
    expect(await segments('blocks-1')).toBe(3);
    await clock.advance(60_000);
    await abandoned.cleanup(9_000, 10_000);
    expect(await segments('blocks-1')).toBe(3);
    await clock.advance(60_000);
    await abandoned.cleanup(9_001, 11_000);
    // The newest segment stays for the next writer.
    expect(await segments('blocks-1')).toBe(1);
  });

  it('leaves logs with a lock and logs without blocks unchanged', async () => {
    const { clock, open, abandoned, segments } = await world();
    const other = await open('decisions');
    await other.write(payload('d'), 0);
    await other.close();
    const inUse = await open('blocks-1');
    for (const time of [10_000, 20_000, 30_000]) {
      await abandoned.cleanup(time, time);
      await clock.advance(60_000);
    }
    expect([await segments('blocks-1'), await segments('decisions')]).toEqual([3, 1]);
    await inUse.close();
  });

  it('holds no lock between two inspections', async () => {
    const { abandoned, open } = await world();
    await abandoned.cleanup(1_000, 1_000);
    const back = await open('blocks-1');
    expect(back.segments()).toHaveLength(3);
    await back.close();
  });

  it('logs a failed clean-up, and repeats the clean-up later', async () => {
    const { storage, clock, log, abandoned } = await world();
    const list = storage.list.bind(storage);
    storage.list = () => Promise.reject(new Error('no disk'));
    await abandoned.cleanup(1_000, 1_000);
    expect(log.lines.map(({ level }) => level)).toContain('warn');
    storage.list = list;
    await clock.advance(60_000);
    await abandoned.cleanup(2_000, 2_000);
    expect(log.lines.filter(({ level }) => level === 'warn')).toHaveLength(1);
  });
});
