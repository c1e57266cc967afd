import { ManualClock } from '@millrace/core';
import { describe, expect, it } from 'vitest';
import { DeadlineSet } from './deadline-set.ts';

function setOf(lastsMs: number) {
  const clock = new ManualClock();
  const due: string[] = [];
  const set = new DeadlineSet<string>({ clock, lastsMs, onDue: (item) => due.push(item) });
  return { clock, due, set };
}

describe('DeadlineSet', () => {
  it('keeps each member for its lifetime, with one timer for all', async () => {
    const { clock, due, set } = setOf(100);
    set.add('a');
    await clock.advance(40);
    set.add('b');
    set.add('c');
    expect(clock.pendingTimers).toBe(1);
    await clock.advance(59);
    expect(due).toEqual([]);
    await clock.advance(1);
    expect(due).toEqual(['a']);
    await clock.advance(40);
    expect(due).toEqual(['a', 'b', 'c']);
    expect(clock.pendingTimers).toBe(0);
  });

  it('restarts the lifetime of a member added again, and drops removed members', async () => {
    const { clock, due, set } = setOf(100);
    set.add('a');
    set.add('b');
    await clock.advance(60);
    set.add('a');
    set.delete('b');
    expect([...set]).toEqual(['a']);
    await clock.advance(99);
    expect(due).toEqual([]);
    await clock.advance(1);
    expect(due).toEqual(['a']);
  });

  it('has no timer without members', () => {
    const { clock, set } = setOf(100);
    set.add('a');
    set.delete('a');
    expect(clock.pendingTimers).toBe(0);
  });
});
