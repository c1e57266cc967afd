import { ManualClock } from '@millrace/core';
import { settle } from '@millrace/testing';
import { ProtocolError } from '@platformatic/kafka';
import { describe, expect, it } from 'vitest';
import { whileElecting } from './while-electing.ts';

const moved = new ProtocolError('NOT_LEADER_OR_FOLLOWER');

describe('whileElecting', () => {
  it('calls again until the partition has a leader', async () => {
    const clock = new ManualClock();
    let calls = 0;
    const result = whileElecting(clock, async () => {
      calls += 1;
      if (calls < 4) throw moved;
      return 'found';
    });
    await clock.advance(299);
    expect(calls).toBe(3);
    await clock.advance(1);
    expect(await result).toBe('found');
  });

  it('gives up after two seconds, and at once for any other error', async () => {
    const clock = new ManualClock();
    const refused = whileElecting(clock, () => Promise.reject(moved)).catch((error: unknown) => error);
    await clock.advance(2_000);
    expect(await refused).toBe(moved);
    const other = new ProtocolError('OFFSET_OUT_OF_RANGE');
    await expect(whileElecting(clock, () => Promise.reject(other))).rejects.toBe(other);
    await settle();
    expect(clock.pendingTimers).toBe(0);
  });
});
