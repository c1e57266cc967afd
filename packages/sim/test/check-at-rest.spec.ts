import { describe, expect, it } from 'vitest';
import { checkLog, checkSegments } from '../src/check-at-rest.ts';
import { drawPlan } from '../src/draw-plan.ts';
import type { Plan } from '../src/plan.ts';

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

describe('logs of a program with windows over windows', () => {
  const plan: Plan = {
    ...drawPlan('1', {}),
    quietMs: 100_000,
    program: {
      nodes: [
        { id: 'input', op: 'input', from: [], set: { variant: 'number', source: 0, every: 1 } },
        { id: 'slow', op: 'window', from: ['input'], set: { length: 4, slide: 3 } },
        { id: 'longer', op: 'window', from: ['slow'], set: { length: 2, slide: 1 } },
        { id: 'longest', op: 'window', from: ['longer'], set: { length: 2, slide: 1 } },
      ],
      outputs: [{ id: 0, kind: 'foreachRDD', from: 'longest' }],
      parallelism: [1],
    },
  };
  const saidOf = (count: number): readonly string[] => {
    const found: string[] = [];
    checkSegments({
      plan,
      segments: new Map([['decisions', count]]),
      violated: (_, what) => void found.push(what),
    });
    return found;
  };

  it('have the segments of all batches over which the program looks back, and no more', () => {
    expect(saidOf(3 * 27)).toEqual([]);
    expect(saidOf(3 * 27 + 1)).toEqual(['the log decisions still has 82 segments']);
  });
});

/** The violations for a log cleaned up to this batch, and a checkpoint of batch 9,000 that is followed by another. */
function cleaned(loggedDoneUpTo: number | undefined, lastGapEnd?: number): readonly string[] {
  const found: string[] = [];
  const checkpoint = (batchTime: number) => ({
    path: `/checkpoint-${batchTime}`,
    batchTime,
    content: { epoch: 1, doneUpTo: batchTime, parts: [] },
  });
  checkLog({
    plan: { ...drawPlan('1', {}), batchIntervalMs: 1_000 },
    checkpoints: {
      checkpoints: [checkpoint(9_000), checkpoint(10_000)],
      parts: [],
      damagedParts: new Set(),
      others: [],
    },
    written: 2,
    loggedDoneUpTo,
    lastGapEnd,
    violated: (_, what) => void found.push(what),
  });
  return found;
}

describe('the log after a clean stop', () => {
  it('is cleaned up as far as the last checkpoint but one', () => {
    expect(cleaned(9_000)).toEqual([]);
    expect(cleaned(8_000)).toEqual(['the log was cleaned up to 8000, two checkpoints are past 9000']);
  });

  it('may need longer directly after left-out batches', () => {
    expect([cleaned(3_000, 4_000), cleaned(undefined, 4_000)]).toEqual([[], []]);
  });

  it('is cleaned up again as soon as no batch looks back across left-out batches', () => {
    expect(cleaned(9_000, 1_000)).toEqual([]);
    expect(cleaned(8_000, 1_000)).toEqual(['the log was cleaned up to 8000, two checkpoints are past 9000']);
    expect(cleaned(undefined, 1_000)).toEqual([
      'the log was cleaned up to undefined, two checkpoints are past 9000',
    ]);
  });
});
