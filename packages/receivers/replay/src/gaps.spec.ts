import { describe, expect, it } from 'vitest';
import { Gaps, type LongWait, TOLD_WAIT_MS } from './gaps.ts';

/** A replay that waits for each record in turn; returns the time of each record, and the reported waits. */
function replayed(dueTimes: readonly number[], maxGapMs?: number) {
  const told: LongWait[] = [];
  const gaps = new Gaps({ maxGapMs, onLongWait: (wait) => told.push(wait) });
  let nowMs = 0;
  const time = {
    hasCome: (afterMs: number) => afterMs <= nowMs,
    msUntil: (afterMs: number) => afterMs - nowMs,
  };
  const stored = dueTimes.map((dueMs, index) => {
    nowMs = Math.max(nowMs, gaps.dueAfterMs({ index, eventMs: dueMs, dueMs }, time));
    return nowMs;
  });
  return { stored, told: told.map(({ record, waitMs, isCut }) => [record.index, waitMs, isCut]) };
}

const YEARS_MS = 2e12;

describe('Gaps', () => {
  it('waits according to event times, and reports long waits', () => {
    expect(replayed([0, 100, 50, TOLD_WAIT_MS + 100, TOLD_WAIT_MS * 3])).toEqual({
      stored: [0, 100, 100, TOLD_WAIT_MS + 100, TOLD_WAIT_MS * 3],
      told: [[4, TOLD_WAIT_MS * 2 - 100, false]],
    });
  });

  it('shortens long waits, and keeps the distance of later records', () => {
    expect(replayed([0, 100, 10_000, 10_100, 90_000, 90_050], 1_000)).toEqual({
      stored: [0, 100, 1_100, 1_200, 2_200, 2_250],
      told: [
        [2, 9_900, true],
        [4, 79_900, true],
      ],
    });
  });

  it('continues without the gap after a record of a wrong clock', () => {
    expect(replayed([0, 100, YEARS_MS, 200, 300, YEARS_MS, 5_000, 5_100], 1_000).stored).toEqual([
      0, 100, 1_100, 1_100, 1_100, 2_100, 3_100, 3_200,
    ]);
  });

  it('assigns a record in the exact middle of a gap to the later side', () => {
    expect(replayed([0, 100, 10_000, 5_050], 1_000).stored).toEqual([0, 100, 1_100, 1_100]);
    expect(replayed([0, 100, 10_000, 5_049], 1_000).stored).toEqual([0, 100, 1_100, 2_100]);
  });

  it('waits for nothing with a bound of 0', () => {
    expect(replayed([0, 5_000, YEARS_MS, 6_000], 0).stored).toEqual([0, 0, 0, 0]);
  });
});
