import { describe, expect, it } from 'vitest';
import { BlockAccount } from './block-account.ts';

/** A clean-up message of the driver, with defaults for irrelevant fields. */
function news(nowMs: number, threshold: number, registeredUpTo?: number) {
  return { nowMs, threshold, registeredUpTo };
}

/** An account of one segment with two blocks, stored at 0. */
function accountOfTwo(graceMs = 1_000): BlockAccount {
  const account = new BlockAccount(graceMs);
  account.stored('a', 's1', 0);
  account.stored('b', 's1', 0);
  return account;
}

describe('BlockAccount: blocks removed by name', () => {
  it('releases a segment once every block in the segment was removed, and reads no clock', () => {
    const account = accountOfTwo();
    account.removed(['a']);
    expect(account.released(news(1e12, 0))).toEqual([]);
    account.removed(['b', 'b', 'unknown']);
    expect(account.released(news(0, 0))).toEqual(['s1']);
  });

  it('holds a released segment again after another block was stored in the segment', () => {
    const account = accountOfTwo();
    account.removed(['a', 'b']);
    account.stored('c', 's1', 5);
    expect(account.released(news(5, 0))).toEqual([]);
    expect(account.has('c')).toBe(true);
  });

  it('releases the same segment again until the segment is forgotten', () => {
    const account = accountOfTwo();
    account.removed(['a', 'b']);
    expect(account.released(news(0, 0))).toEqual(account.released(news(0, 0)));
    account.forget('s1');
    expect(account.released(news(0, 0))).toEqual([]);
  });

  it('forgets the blocks of a removed segment', () => {
    const account = accountOfTwo();
    account.forget('s1');
    expect(account.has('a')).toBe(false);
  });
});

describe('BlockAccount: blocks that are never named', () => {
  it('releases blocks once a later threshold has passed every block registered after the grace (WAL-4)', () => {
    const account = accountOfTwo();
    expect(account.released(news(1_000, 500, 700))).toEqual([]);
    expect(account.released(news(1_000, 700))).toEqual([]);
    expect(account.released(news(1_000, 701))).toEqual(['s1']);
  });

  it('holds blocks whose registration may still be under way', () => {
    const account = accountOfTwo();
    expect(account.released(news(999, 0, 100))).toEqual([]);
    expect(account.released(news(999, 1_000_000))).toEqual([]);
  });

  it('holds blocks while the driver never reports the registered batches', () => {
    const account = accountOfTwo();
    for (const nowMs of [1_000, 1e12]) expect(account.released(news(nowMs, 1e12))).toEqual([]);
  });

  it('uses the first reported batch: later batches would delay the release for ever', () => {
    const account = accountOfTwo();
    account.released(news(1_000, 0, 700));
    account.released(news(2_000, 600, 1_700));
    expect(account.released(news(2_000, 701, 1_800))).toEqual(['s1']);
  });

  it('begins a new grace with every block stored in the segment', () => {
    const account = accountOfTwo();
    account.released(news(1_000, 0, 700));
    account.stored('c', 's1', 1_000);
    expect(account.released(news(1_999, 10_000, 10_000))).toEqual([]);
  });

  it('includes blocks of an earlier life, whose segment content is unknown', () => {
    const account = new BlockAccount(1_000);
    account.found(['old'], 50);
    expect(account.released(news(1_049, 1e9, 5))).toEqual([]);
    expect(account.released(news(1_050, 5, 5))).toEqual([]);
    expect(account.released(news(1_050, 6))).toEqual(['old']);
  });
});

describe('BlockAccount: the bound', () => {
  it('drops the oldest names at the bound, and releases the segment of these names by time (WAL-4)', () => {
    const account = new BlockAccount(1_000, 4);
    for (let n = 0; n < 6; n += 1) account.stored(`block-${n}`, `segment-${Math.floor(n / 2)}`, 0);
    expect([account.has('block-0'), account.has('block-1'), account.has('block-2')]).toEqual([
      false,
      false,
      true,
    ]);
    expect(account.released(news(999, 5, 5))).toEqual([]);
    // The grace for registrations is over: every block in the segment belongs to batch 6 or an earlier batch.
    expect(account.released(news(1_000, 6, 6))).toEqual([]);
    expect(account.released(news(1_001, 6, 6))).toEqual([]);
    expect(account.released(news(1_002, 7, 7))[0]).toBe('segment-0');
  });

  it('stays at the bound when one segment alone has more blocks', () => {
    const account = new BlockAccount(0, 2);
    for (let n = 0; n < 10; n += 1) account.stored(`block-${n}`, 'segment-0', 0);
    expect(Array.from({ length: 10 }, (_, n) => account.has(`block-${n}`))).not.toContain(true);
  });
});
