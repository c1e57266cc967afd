import { settle } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import { HeldRecords } from './held-records.ts';

const live = new AbortController().signal;

describe('HeldRecords', () => {
  it('lets an answer wait until its bytes have room beside stored records', async () => {
    const held = new HeldRecords({ maxRecords: 100, maxBytes: 100 });
    const first = await held.answer(60, live);
    held.store(10, first);
    held.done(first);
    expect([held.records, held.bytes]).toEqual([1, 10]);
    await held.answer(60, live);
    let isThere = false;
    void held.answer(60, live).then(() => (isThere = true));
    await settle();
    expect([isThere, held.bytes]).toEqual([false, 70]);
    held.release(10);
    held.wake();
    await settle();
    expect(isThere).toBe(false);
  });

  it('counts a record that is larger than its answer was expected to be', async () => {
    const held = new HeldRecords({ maxRecords: 100, maxBytes: 100 });
    const room = await held.answer(20, live);
    held.store(50, room);
    held.done(room);
    expect(held.bytes).toBe(50);
  });

  it('lets an answer larger than the bound through when nothing else is held', async () => {
    const held = new HeldRecords({ maxRecords: 100, maxBytes: 10 });
    const room = await held.answer(60, live);
    let isThere = false;
    void held.answer(60, live).then(() => (isThere = true));
    await settle();
    expect(isThere).toBe(false);
    held.done(room);
    await settle();
    expect(isThere).toBe(true);
  });

  it('bounds the number of records', async () => {
    const held = new HeldRecords({ maxRecords: 2, maxBytes: 100 });
    const room = await held.answer(10, live);
    held.store(1, room);
    expect(held.hasRoom).toBe(true);
    held.store(1, room);
    expect(held.hasRoom).toBe(false);
    let isThere = false;
    void held.room(live).then(() => (isThere = true));
    await settle();
    expect(isThere).toBe(false);
    held.release(1);
    held.wake();
    await settle();
    expect(isThere).toBe(true);
  });

  it('ends every wait with the signal', async () => {
    const held = new HeldRecords({ maxRecords: 1, maxBytes: 10 });
    const stop = new AbortController();
    const room = await held.answer(10, stop.signal);
    held.store(1, room);
    const waiting = Promise.all([held.room(stop.signal), held.answer(10, stop.signal)]);
    stop.abort();
    held.wake();
    expect(await waiting).toHaveLength(2);
  });
});
