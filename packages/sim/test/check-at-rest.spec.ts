import { describe, expect, it } from 'vitest';
import { checkSegments } from '../src/check-at-rest.ts';
import { drawPlan } from '../src/draw-plan.ts';

/** The violations for a log with many segments after this many quiet ms. */
function said(quietMs: number, log: string): readonly string[] {
  const found: string[] = [];
  const plan = { ...drawPlan('1', {}), quietMs };
  checkSegments({ plan, segments: new Map([[log, 188]]), violated: (_, what) => void found.push(what) });
  return found;
}

describe('logs after quiet minutes', () => {
  it('are short', () => {
    expect(said(100_000, 'blocks')).toHaveLength(1);
    expect(said(600_000, 'blocks-1')).toHaveLength(1);
    expect(said(0, 'blocks')).toEqual([]);
  });

  it('may be long while other processes need time to clean the log of a lost executor', () => {
    expect(said(100_000, 'blocks-1')).toEqual([]);
  });
});
