import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type PendingCall, TimerQueue } from './timer-queue.ts';

const nothing = (): void => {};

function drain(queue: TimerQueue): PendingCall[] {
  const calls: PendingCall[] = [];
  for (let call = queue.takeDue(Infinity); call !== undefined; call = queue.takeDue(Infinity))
    calls.push(call);
  return calls;
}

describe('TimerQueue', () => {
  it('returns calls by due time and then by request, after any removals', () => {
    const times = fc.array(fc.record({ atMs: fc.integer({ min: 0, max: 20 }), isRemoved: fc.boolean() }));
    fc.assert(
      fc.property(times, (wanted) => {
        const queue = new TimerQueue();
        const calls = wanted.map(({ atMs }) => queue.add(atMs, nothing));
        const kept = calls.filter((_, index) => !wanted[index]?.isRemoved);
        for (const call of calls) if (!kept.includes(call)) queue.remove(call);
        const inOrder = kept.toSorted((a, b) => a.atMs - b.atMs || a.order - b.order);
        expect(queue.size).toBe(kept.length);
        expect(drain(queue)).toEqual(inOrder);
      }),
    );
  });

  it('takes only due calls', () => {
    const queue = new TimerQueue();
    queue.add(10, nothing);
    expect(queue.takeDue(9)).toBeUndefined();
    expect(queue.takeDue(10)?.atMs).toBe(10);
    expect(queue.first).toBeUndefined();
  });

  it('keeps the order of a call that is put back', () => {
    const queue = new TimerQueue();
    const first = queue.add(5, nothing);
    const second = queue.add(5, nothing);
    queue.remove(first);
    queue.restore(first);
    expect(drain(queue)).toEqual([first, second]);
  });

  it('moves the call that fills a gap towards the front if necessary', () => {
    const queue = new TimerQueue();
    const calls = [3, 6, 2, 4, 7, 5, 1].map((atMs) => queue.add(atMs, nothing));
    // The call that fills the gap of 6 comes from the other branch of the heap, and is sooner than the call above.
    queue.remove(calls[1] as PendingCall);
    expect(drain(queue).map(({ atMs }) => atMs)).toEqual([1, 2, 3, 4, 5, 7]);
  });

  it('ignores the removal of an unknown call', () => {
    const queue = new TimerQueue();
    const call = queue.add(5, nothing);
    queue.remove(call);
    queue.remove(call);
    expect(queue.size).toBe(0);
  });
});
