import type { Block } from '@millrace/core';
import { describe, expect, it } from 'vitest';
import { BufferLimits } from './buffer-limits.ts';

const BOUNDS = new BufferLimits({ blockQueueSize: 3, maxHeldRecords: 10, maxHeldBytes: 100 });
const NOTHING = { records: 0, bytes: 0, blocks: 0 };

const block = (recordCount: number, sizeBytes: number): Block => ({
  kind: 'records',
  chunks: [],
  recordCount,
  sizeBytes,
});

describe('BufferLimits', () => {
  it.each([
    [{ records: 9 }, false],
    [{ records: 10 }, true],
    [{ bytes: 99 }, false],
    [{ bytes: 100 }, true],
    [{ blocks: 5 }, false],
    [{ blocks: 6 }, true],
  ])('accepts no more from exactly the hard bound on: %j', (held, isOverrun) => {
    expect(BOUNDS.isOverrun({ ...NOTHING, ...held }, 0)).toBe(isOverrun);
  });

  it.each([
    [9, false],
    [10, true],
  ])('counts the records accepted since storing was welcome: %i records', (taken, isOverrun) => {
    expect(BOUNDS.isOverrun(NOTHING, taken)).toBe(isOverrun);
  });

  it.each([
    [{ records: 4 }, true],
    [{ records: 5 }, false],
    [{ bytes: 49 }, true],
    [{ bytes: 50 }, false],
    [{ blocks: 2 }, true],
    [{ blocks: 3 }, false],
  ])('asks to wait from exactly the soft bound on: %j', (held, isWithin) => {
    expect(BOUNDS.isWithinSoft({ ...NOTHING, ...held })).toBe(isWithin);
  });

  it.each([
    [block(10, 100), undefined],
    [block(11, 1), 'MR_RECEIVER_BLOCK_TOO_LARGE'],
    [block(1, 101), 'MR_RECEIVER_BLOCK_TOO_LARGE'],
  ])('accepts a whole block of exactly the hard bound, and no larger one', (whole, code) => {
    expect(BOUNDS.refusalOf(whole, NOTHING, NOTHING)).toEqual(
      code === undefined ? undefined : expect.objectContaining({ code }),
    );
  });

  it('lets whole blocks wait up to one hard bound, and up to two with the buffer', () => {
    const half = block(5, 50);
    const waiting = (records: number) => ({ records, bytes: 0, blocks: 1 });
    expect(BOUNDS.refusalOf(half, waiting(5), NOTHING)).toBeUndefined();
    expect(BOUNDS.refusalOf(half, waiting(6), NOTHING)).toMatchObject({ code: 'MR_RECEIVER_OVERRUN' });
    expect(BOUNDS.refusalOf(half, waiting(5), { ...NOTHING, records: 10 })).toBeUndefined();
    expect(BOUNDS.refusalOf(half, waiting(5), { ...NOTHING, records: 11 })).toMatchObject({
      code: 'MR_RECEIVER_OVERRUN',
    });
  });
});
