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
    const added = [10, 20, 30].map((bytes) => waiting.add(entry(bytes)));
    expect(waiting.take(30)).toEqual(added.slice(0, 2));
    expect(waiting.bytes).toBe(30 + FRAME_BYTES);
    expect(waiting.take(30)).toEqual(added.slice(2));
    expect(waiting.length).toBe(0);
  });

  it('returns an entry larger than a group alone', () => {
    const waiting = new WaitingWrites(10_000);
    waiting.add(entry(500));
    waiting.add(entry(1));
    expect(waiting.take(100)).toHaveLength(1);
  });

  it('refuses entries beyond the bound until other entries are settled', () => {
    const waiting = new WaitingWrites(200);
    waiting.add(entry(150));
    expect(() => waiting.add(entry(150))).toThrow('178 bytes wait to be written, and 200 may');
    const [taken] = waiting.take(1_000);
    try {
      waiting.add(entry(150));
    } catch (error) {
      expect(isMillraceError(error, 'MR_WAL_FULL') && error.disposition).toBe('back-off');
    }
    if (taken !== undefined) waiting.resolve(taken, { segment: 's', offset: 0, length: 150 });
    waiting.add(entry(150));
  });

  it('has room again for all refused entries', () => {
    const waiting = new WaitingWrites(200);
    for (let round = 0; round < 5; round += 1) {
      for (const bytes of [60, 60]) void waiting.add(entry(bytes)).outcome.promise.catch(() => undefined);
      const taken = waiting.take(60);
      waiting.reject(taken, new Error('the disk is full'));
      waiting.rejectAll(new Error('the disk is full'));
    }
    expect([waiting.length, waiting.bytes]).toEqual([0, 0]);
  });

  it('accepts a single entry of any size', () => {
    expect(new WaitingWrites(200).add(entry(100_000)).payloadBytes).toBe(100_000);
  });

  it('notifies all waiting writers', async () => {
    const waiting = new WaitingWrites(1_000);
    const outcomes = [waiting.add(entry(1)), waiting.add(entry(1))].map(({ outcome }) => outcome.promise);
    waiting.rejectAll(new Error('over'));
    await expect(outcomes[0]).rejects.toThrow('over');
    await expect(outcomes[1]).rejects.toThrow('over');
    expect(waiting.bytes).toBe(0);
  });
});
