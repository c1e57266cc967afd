import { describe, expect, it } from 'vitest';
import { HeldBatches } from './held-batches.ts';
import type { JobSet } from './job-set.ts';

const setOf = (batchTime: number) => ({ batchTime }) as JobSet;

describe('HeldBatches', () => {
  it('holds several batches, and lists their times in the order of all pending batches', () => {
    const held = new HeldBatches();
    const pending = [setOf(1), setOf(2), setOf(3)] as const;
    held.add(pending[2]);
    held.add(pending[0]);
    expect(held.times(pending)).toEqual([1, 3]);
    expect(pending.map((set) => held.has(set))).toEqual([true, false, true]);
  });

  it('holds a batch that fails again, without another retry until requested', async () => {
    const held = new HeldBatches();
    const set = setOf(1);
    held.add(set);
    const begun = held.beginRetry(set);
    expect([held.has(set), held.isRetried(set)]).toEqual([false, true]);
    held.begun(set);
    await begun;
    held.add(set);
    expect([held.has(set), held.isRetried(set)]).toEqual([true, false]);
  });

  it('does not list a batch that has ended after a retry', () => {
    const held = new HeldBatches();
    const set = setOf(1);
    held.add(set);
    void held.beginRetry(set);
    held.ended(set);
    expect([held.has(set), held.isRetried(set), held.times([set])]).toEqual([false, false, []]);
  });

  it('rejects retries whose batch has not begun when the engine stops', async () => {
    const held = new HeldBatches();
    const [one, other] = [setOf(1), setOf(2)];
    const [begun, waiting] = [held.beginRetry(one), held.beginRetry(other)];
    held.begun(one);
    held.callOff();
    await begun;
    await expect(waiting).rejects.toMatchObject({ code: 'MR_BATCH_HALTED' });
  });
});
