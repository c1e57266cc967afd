import { ManualClock } from '@millrace/core';
import { describe, expect, it } from 'vitest';
import { Heartbeat } from './heartbeat.ts';

function heartbeat(patienceMs: number) {
  const clock = new ManualClock();
  const silences: number[] = [];
  let beats = 0;
  const heart = new Heartbeat({
    clock,
    periodMs: 100,
    patienceMs: () => patienceMs,
    beat: () => void (beats += 1),
    onSilence: (silentMs) => void silences.push(silentMs),
  });
  heart.start();
  return { clock, heart, silences, beats: () => beats };
}

describe('a heartbeat', () => {
  it('continues while beats are answered', async () => {
    const { clock, heart, silences, beats } = heartbeat(300);
    for (let turn = 0; turn < 20; turn += 1) {
      await clock.advance(200);
      heart.heard();
    }
    expect(silences).toEqual([]);
    expect(beats()).toBeGreaterThan(30);
    heart.stop();
    expect(clock.pendingTimers).toBe(0);
  });

  it('reports silence once', async () => {
    const { clock, silences } = heartbeat(300);
    await clock.advance(2_000);
    expect(silences).toEqual([300]);
    expect(clock.pendingTimers).toBe(0);
  });

  it('continues, and reports silence, while the wall clock is set back and forward', async () => {
    const { clock, heart, silences, beats } = heartbeat(300);
    await clock.setWallTime(10_000_000_000);
    await clock.advance(150);
    heart.heard();
    await clock.setWallTime(0);
    await clock.advance(150);
    expect([beats(), silences]).toEqual([4, []]);
    await clock.advance(200);
    expect(silences).toEqual([300]);
  });

  it('counts beats, not time: a driver that was busy itself finds one beat unanswered', () => {
    const timers: (() => void)[] = [];
    let nowMs = 0;
    const clock = {
      monotonicMs: () => nowMs,
      after: (_: number, callback: () => void) => (timers.push(callback), { cancel: () => {} }),
    } as unknown as ManualClock;
    const silences: number[] = [];
    const onSilence = (silentMs: number) => void silences.push(silentMs);
    new Heartbeat({ clock, periodMs: 100, patienceMs: () => 300, beat: () => {}, onSilence }).start();
    nowMs = 3_600_000;
    timers.shift()?.();
    expect(silences).toEqual([]);
  });
});
