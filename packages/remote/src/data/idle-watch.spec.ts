import { ManualClock } from '@millrace/core';
import { describe, expect, it } from 'vitest';
import { IdleWatch } from './idle-watch.ts';

function watched() {
  const clock = new ManualClock(0);
  const idle: number[] = [];
  const watch = new IdleWatch({ clock, idleMs: 100, onIdle: () => idle.push(clock.monotonicMs()) });
  const startMs = clock.monotonicMs();
  return { clock, watch, idle: () => idle.map((ms) => ms - startMs) };
}

describe('IdleWatch', () => {
  it('reports a silence once, counted from the last byte', async () => {
    const { clock, watch, idle } = watched();
    await clock.advance(80);
    watch.heard();
    await clock.advance(99);
    expect(idle()).toEqual([]);
    await clock.advance(500);
    expect(idle()).toEqual([180]);
    expect(clock.pendingTimers).toBe(0);
  });

  it('does not count a wait on purpose', async () => {
    const { clock, watch, idle } = watched();
    watch.pause();
    await clock.advance(1_000);
    watch.resume();
    await clock.advance(99);
    expect(idle()).toEqual([]);
    await clock.advance(1);
    expect(idle()).toEqual([1_100]);
  });

  it('reports nothing after its end', async () => {
    const { clock, watch, idle } = watched();
    watch.stop();
    await clock.advance(1_000);
    expect([idle(), clock.pendingTimers]).toEqual([[], 0]);
  });
});
