import { ManualClock } from '@millrace/core';
import { describe, expect, it } from 'vitest';
import { yieldAfter } from './yield-after.ts';

describe('yieldAfter', () => {
  it('lets work go on until the event loop was busy for long enough', async () => {
    const clock = new ManualClock();
    const pause = yieldAfter(clock, 10);
    await clock.advance(9);
    expect(pause()).toBeUndefined();
    await clock.advance(1);
    const turn = pause();
    expect(turn).toBeInstanceOf(Promise);
    await clock.advance(0);
    await turn;
    expect(pause()).toBeUndefined();
  });
});
