import type { BatchInfo } from '@millrace/core';
import { describe, expect, it } from 'vitest';
import { flightsTable, wordsTable } from './batch-table.ts';

const batch = {
  batchTime: Date.UTC(2026, 10, 30),
  recordCount: 1_234_567,
  schedulingDelayMs: 123.4,
  processingDelayMs: 4_567.8,
  totalDelayMs: 4_691.2,
  outcome: 'succeeded',
} as unknown as BatchInfo;
const airports = new Map(
  ['ATL', 'ORD', 'DFW', 'LAX', 'PHX', 'DEN'].map((origin, at) => [
    origin,
    { departures: 10_000 + at, delaySum: 123_456, worstDelay: 1_440, distanceSum: 1 },
  ]),
);

const widest = (text: string) => Math.max(...text.split('\n').map((line) => line.length));

describe('tables of batches', () => {
  it.each([60, 72, 80, 100, 120, 200])('fit a terminal of %i columns', (width) => {
    const flights = flightsTable({ batch, airports, window: airports }, 1_000, width);
    const words = wordsTable({ batch, words: [['w'.repeat(500), 7]] }, 1_000, width);
    expect(widest(flights)).toBeLessThanOrEqual(width);
    expect(widest(words)).toBeLessThanOrEqual(width);
    expect(flights).toContain('DEN');
    expect(words).toContain('…');
  });

  it('show more figures on a wider terminal', () => {
    const heads = (width: number) => flightsTable({ batch, airports, window: airports }, 1_000, width);
    expect(heads(120).match(/worst/gu)).toHaveLength(2);
    expect(heads(80)).toContain('in 7 batches');
    expect(heads(60)).not.toContain('in 7 batches');
  });

  it('escape control characters of received words', () => {
    expect(wordsTable({ batch, words: [['\u001b[2Jgone', 1]] }, 1_000, 80)).not.toContain('\u001b');
  });
});
