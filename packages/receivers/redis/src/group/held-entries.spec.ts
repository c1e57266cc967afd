import { describe, expect, it } from 'vitest';
import { HeldEntries } from './held-entries.ts';

const { signal } = new AbortController();

describe('held entries', () => {
  it('leave room in records and bytes', async () => {
    const held = new HeldEntries({ maxRecords: 3, maxBytes: 100 });
    expect(await held.room(100, signal)).toBe(3);
    held.store({ id: '1-0', bytes: 40 });
    expect(await held.room(60, signal)).toBe(2);
    expect([held.records, held.bytes, held.ids()]).toEqual([1, 40, new Set(['1-0'])]);
  });

  it.each([
    ['bytes', 3, 61],
    ['records', 1, 10],
  ])('let wait for %s until entries are acknowledged', async (_, maxRecords, bytes) => {
    const held = new HeldEntries({ maxRecords, maxBytes: 100 });
    held.store({ id: '1-0', bytes: 40 });
    let room: number | undefined;
    const waiting = held.room(bytes, signal).then((found) => (room = found));
    await Promise.resolve();
    expect(room).toBeUndefined();
    held.release(1);
    await waiting;
    expect([room, held.bytes]).toEqual([maxRecords, 0]);
  });

  it('let an answer above the bound come alone, and end waiting at a stop', async () => {
    const held = new HeldEntries({ maxRecords: 3, maxBytes: 100 });
    expect(await held.room(500, signal)).toBe(3);
    held.store({ id: '1-0', bytes: 40 });
    const stop = new AbortController();
    const waiting = held.room(500, stop.signal);
    stop.abort();
    held.wake();
    await expect(waiting).resolves.toBe(2);
  });

  it('are released in the order of storing', () => {
    const held = new HeldEntries({ maxRecords: 100, maxBytes: 1_000 });
    for (let id = 1; id <= 50; id += 1) held.store({ id: `${id}-0`, bytes: id });
    held.release(10);
    held.release(37);
    expect([held.records, held.bytes, held.ids()]).toEqual([3, 147, new Set(['48-0', '49-0', '50-0'])]);
    held.release(10);
    expect([held.records, held.bytes]).toEqual([0, 0]);
  });
});
