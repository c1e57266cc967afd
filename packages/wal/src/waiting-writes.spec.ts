import { isMillraceError } from '@millrace/core';
import { describe, expect, it } from 'vitest';
import { FRAME_BYTES } from './log-format.ts';
import { WaitingWrites } from './waiting-writes.ts';

function entry(payloadBytes: number) {
  return { parts: [new Uint8Array(payloadBytes)], timeMs: 0, payloadBytes };
}

describe('WaitingWrites', () => {
  it('returns groups in order and within the bound', () => {
    const waiting = new WaitingWrites(10_000);
    const added = [10, 20, 30].map((bytes) => waiting.add(entry(bytes), 0));
    expect(waiting.take(30)).toEqual(added.slice(0, 2));
    expect(waiting.bytes).toBe(30 + FRAME_BYTES);
    expect(waiting.take(30)).toEqual(added.slice(2));
    expect(waiting.length).toBe(0);
  });

  it('returns an entry larger than a group alone', () => {
    const waiting = new WaitingWrites(10_000);
    waiting.add(entry(500), 0);
    waiting.add(entry(1), 0);
    expect(waiting.take(100)).toHaveLength(1);
  });

  it('refuses entries beyond the bound until other entries are settled', () => {
    const waiting = new WaitingWrites(200);
    waiting.add(entry(150), 0);
    expect(() => waiting.add(entry(150), 0)).toThrow('178 bytes wait to be written, and 200 may');
    const [taken] = waiting.take(1_000);
    try {
      waiting.add(entry(150), 0);
    } catch (error) {
      expect(isMillraceError(error, 'MR_WAL_FULL') && error.disposition).toBe('back-off');
    }
    if (taken !== undefined) waiting.resolve(taken, { segment: 's', offset: 0, length: 150 });
    waiting.add(entry(150), 0);
  });

  it('has room again for all refused entries', () => {
    const waiting = new WaitingWrites(200);
    for (let round = 0; round < 5; round += 1) {
      for (const bytes of [60, 60]) void waiting.add(entry(bytes), 0).outcome.promise.catch(() => undefined);
      const taken = waiting.take(60);
      waiting.reject(taken, new Error('the disk is full'));
      waiting.rejectAll(new Error('the disk is full'));
    }
    expect([waiting.length, waiting.bytes]).toEqual([0, 0]);
  });

  it('accepts a single entry of any size', () => {
    expect(new WaitingWrites(200).add(entry(100_000), 0).payloadBytes).toBe(100_000);
  });

  it('notifies all waiting writers', async () => {
    const waiting = new WaitingWrites(1_000);
    const outcomes = [waiting.add(entry(1), 0), waiting.add(entry(1), 0)].map(
      ({ outcome }) => outcome.promise,
    );
    waiting.rejectAll(new Error('over'));
    await expect(outcomes[0]).rejects.toThrow('over');
    await expect(outcomes[1]).rejects.toThrow('over');
    expect(waiting.bytes).toBe(0);
  });

  it('tells of the entries without an outcome, with the age of the oldest in the group or behind it', () => {
    const waiting = new WaitingWrites(10_000);
    expect(waiting.unconfirmed(5)).toEqual({ entries: 0, bytes: 0, oldestMs: 0 });
    const [first, second] = [waiting.add(entry(100), 10), waiting.add(entry(100), 30)];
    void second.outcome.promise.catch(() => undefined);
    const bytes = waiting.bytes;
    expect(waiting.unconfirmed(50)).toEqual({ entries: 2, bytes, oldestMs: 40 });
    waiting.take(100);
    expect(waiting.unconfirmed(60)).toEqual({ entries: 2, bytes, oldestMs: 50 });
    waiting.resolve(first, { segment: 'log/1', offset: 0, length: 100 });
    expect(waiting.unconfirmed(60)).toEqual({ entries: 1, bytes: bytes / 2, oldestMs: 30 });
    waiting.rejectAll(new Error('closed'));
    expect(waiting.unconfirmed(70)).toEqual({ entries: 0, bytes: 0, oldestMs: 0 });
  });
});
