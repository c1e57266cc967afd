import { ManualClock } from '@millrace/core';
import { settle } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import { LoopShare } from './loop-share.ts';

const LOOK_UNITS = 16_384;

/** A share of a loop whose clock advances by this time at every read. The test takes turns by hand. */
function shareOf(stepMs: number) {
  const turns: (() => void)[] = [];
  let looks = 0;
  const clock = {
    monotonicMs: () => (looks += 1) * stepMs,
    after: (_: number, callback: () => void) => {
      turns.push(callback);
      return { cancel: () => undefined };
    },
  };
  const nextTurn = async () => {
    for (const callback of turns.splice(0)) callback();
    await Promise.resolve();
  };
  return { share: new LoopShare(clock), looks: () => looks, nextTurn };
}

describe('LoopShare', () => {
  it('reads the clock once for many units, of any request', () => {
    const { share, looks } = shareOf(0);
    for (let unit = 0; unit < LOOK_UNITS * 3; unit += 64) expect(share.isSpentAfter(64)).toBe(false);
    expect(looks()).toBe(3);
  });

  it('is spent after 5 ms of a turn, and whole again in the next', async () => {
    const { share, nextTurn } = shareOf(2);
    const spent = Array.from({ length: 4 }, () => share.isSpentAfter(LOOK_UNITS));
    expect(spent).toEqual([false, false, false, true]);
    await nextTurn();
    expect(share.isSpentAfter(LOOK_UNITS)).toBe(false);
  });

  it('continues waiting requests in their order, one per turn', async () => {
    const { share, nextTurn } = shareOf(0);
    const order: number[] = [];
    for (const one of [1, 2, 3]) void share.next().then(() => order.push(one));
    // No request continues before the waiting ones.
    expect(share.isSpentAfter(LOOK_UNITS)).toBe(true);
    for (let turn = 1; turn <= 3; turn += 1) {
      await nextTurn();
      expect(order).toHaveLength(turn);
    }
    expect(order).toEqual([1, 2, 3]);
  });

  it('takes its turns from the clock', async () => {
    const share = new LoopShare(new ManualClock());
    let hasTurn = false;
    void share.next().then(() => (hasTurn = true));
    await settle();
    expect(hasTurn).toBe(true);
  });
});
